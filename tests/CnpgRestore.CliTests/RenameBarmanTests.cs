using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>Real Barman on both sides of a move: what it wrote under the old name, it restores under the new one, and the old name is free.</summary>
public sealed class RenameBarmanTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Barman_restores_a_moved_folder_and_accepts_the_old_name_again()
    {
        var (s3, old, story) = await CopyOfStoryAsync();
        using var state = new TemporaryFolder("state");
        await AssertNotEmptyAsync(old);

        var moved = await RenameAsync(state, "--bucket", $"s3://{old.Folder.Bucket}", "--endpoint", s3.Endpoint);

        Assert.Equal(0, moved.ExitCode);
        Assert.Equal(0, (await ToolProcess.RunAsync(old.CheckWalArchive(), Ct)).ExitCode);
        await AssertRestoredAsync(new BarmanCloud(s3, old.Folder.Bucket, "postgres-v17-backup", BarmanCompression.Gzip), story);
    }

    [Fact]
    public async Task A_mirror_on_a_disk_is_moved_and_proven_alike()
    {
        var (s3, old, story) = await CopyOfStoryAsync();
        using var mirror = new TemporaryFolder("mirror");
        using var state = new TemporaryFolder("state");
        foreach (var item in await s3.ListAsync(new S3Folder(old.Folder.Bucket, ""), Ct))
        {
            using var download = await s3.Client.GetObjectAsync(old.Folder.Bucket, item.Key, Ct);
            await download.WriteResponseStreamToFileAsync(Path.Combine(mirror.Path, item.Key), append: false, Ct);
        }

        var moved = await RenameAsync(state, "--bucket", $"file://{mirror.Path}", "--verify=full");

        Assert.Equal(0, moved.ExitCode);
        Assert.Contains("by reading both", moved.Output, StringComparison.Ordinal);
        Assert.Equal(["postgres-v17-backup"], Directory.GetFileSystemEntries(mirror.Path).Select(Path.GetFileName));

        // Barman reads no directories: the mirror goes back into a bucket.
        var bucket = await s3.CreateBucketAsync(Ct);
        foreach (var path in Directory.GetFiles(mirror.Path, "*", SearchOption.AllDirectories))
        {
            await s3.Client.PutObjectAsync(new() { BucketName = bucket, Key = Path.GetRelativePath(mirror.Path, path), FilePath = path }, Ct);
        }

        Assert.Equal(0, (await ToolProcess.RunAsync(new BarmanCloud(s3, bucket, "postgres-v17", BarmanCompression.Gzip).CheckWalArchive(), Ct)).ExitCode);
        await AssertRestoredAsync(new BarmanCloud(s3, bucket, "postgres-v17-backup", BarmanCompression.Gzip), story);
    }

    private static Task<ToolResult> RenameAsync(TemporaryFolder state, params string[] options) => ToolProcess.RunAsync(
        NativeProgram.Command(["rename", "postgres-v17", "postgres-v17-backup", "-r", "--yes", .. options]) with
        {
            Environment = new Dictionary<string, string>(S3Server.ClientEnvironment) { ["CNPG_RESTORE_STATE"] = state.Path },
        },
        Ct);

    private static async Task AssertNotEmptyAsync(BarmanCloud barman)
    {
        var used = await ToolProcess.RunAsync(barman.CheckWalArchive(), Ct);
        Assert.Equal(1, used.ExitCode);
        Assert.Contains("Expected empty archive", used.Error, StringComparison.Ordinal);
    }

    /// <summary>From the first base backup over all WAL, on to the second timeline: every row is back.</summary>
    private static async Task AssertRestoredAsync(BarmanCloud barman, BarmanStory story)
    {
        var last = story.Moments[^1];
        using var tablespace = new TemporaryFolder("tablespace");
        var location = await PostgresUser.CreateFolderAsync(Path.Combine(tablespace.Path, "fast"), Ct);
        var target = new Dictionary<string, string> { ["recovery_target_lsn"] = last.Lsn, ["recovery_target_timeline"] = "latest", ["recovery_target_action"] = "promote" };
        await using var restored = await PostgresServer.OpenAsync(
            barman.Recovering(target),
            async data =>
            {
                (await ToolProcess.RunAsync(barman.Restore(story.Backups[0], data, "--tablespace", $"fast:{location}"), Ct)).Succeeded();
                await File.WriteAllBytesAsync(Path.Combine(data, "recovery.signal"), [], Ct);
            },
            Ct);
        await restored.StartAsync(Ct);
        await restored.RecoveredAsync(Ct);

        Assert.Equal(last.Rows, await restored.QueryAsync<long>("SELECT count(*) FROM events", Ct));
        Assert.Equal(last.Rows, await restored.QueryAsync<long>("SELECT count(DISTINCT id) FROM events", Ct));
    }

    private async Task<(S3Server S3, BarmanCloud Barman, BarmanStory Story)> CopyOfStoryAsync()
    {
        var s3 = await bed.S3Async(Ct);
        var story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        var barman = new BarmanCloud(s3, await s3.CreateBucketAsync(Ct), "postgres-v17", BarmanCompression.Gzip);
        await s3.CopyAsync(story.Folder, barman.Folder, Ct);
        return (s3, barman, story);
    }
}
