using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests;

/// <summary>The stories that other tests rely on really leave in the bucket what they say.</summary>
public sealed class BarmanStoryTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(BarmanCompression.None, "")]
    [InlineData(BarmanCompression.Gzip, ".gz")]
    [InlineData(BarmanCompression.Bzip2, ".bz2")]
    public async Task A_shared_story_has_a_tablespace_two_backups_and_two_timelines(BarmanCompression compression, string suffix)
    {
        var story = await bed.StoryAsync(compression, Ct);
        var keys = await KeysAsync(story);

        Assert.Equal(2, story.Backups.Count);
        Assert.All(story.Backups, id => Assert.Superset(new HashSet<string> { $"base/{id}/backup.info", $"base/{id}/data.tar{suffix}" }, keys));
        Assert.Contains(keys, key => key.StartsWith($"base/{story.Backups[0]}/16", StringComparison.Ordinal));
        Assert.Contains($"wals/00000002.history{suffix}", keys);
        Assert.All(story.Moments, moment => Assert.Contains($"wals/{moment.Segment[..16]}/{moment.Segment}{suffix}", keys));
        Assert.StartsWith("00000002", story.Moments[^1].Segment, StringComparison.Ordinal);
        Assert.Equal(2000, story.Moments[^1].Rows);
    }

    [Fact]
    public async Task A_backup_that_failed_at_the_upload_has_an_end_and_one_that_failed_at_a_file_has_none()
    {
        await using var story = await BeginAsync();
        var atUpload = await story.FailBackupAtUploadAsync(Ct);
        var atRead = await story.FailBackupAtReadAsync(Ct);

        var uploadInfo = await InfoAsync(story, atUpload);
        var readInfo = await InfoAsync(story, atRead);

        Assert.Contains("status=FAILED\n", uploadInfo, StringComparison.Ordinal);
        Assert.DoesNotContain("end_wal=None\n", uploadInfo, StringComparison.Ordinal);
        Assert.Contains("status=FAILED\n", readInfo, StringComparison.Ordinal);
        Assert.Contains("end_wal=None\n", readInfo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crashed_backup_leaves_tars_without_backup_info()
    {
        await using var story = await BeginAsync();
        var id = await story.CrashBackupAsync(Ct);

        var keys = (await KeysAsync(story)).Where(key => key.StartsWith($"base/{id}/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(keys);
        Assert.DoesNotContain($"base/{id}/backup.info", keys);
    }

    [Fact]
    public async Task A_branch_archives_its_own_timeline_beside_the_later_segments_of_the_first()
    {
        await using var story = await BeginAsync();
        var backup = await story.BackUpAsync(Ct);
        var fork = await story.WriteAsync(10, Ct);
        await story.ArchiveAsync(Ct);
        await story.WriteAsync(20, Ct);
        var later = await story.ArchiveAsync(Ct);

        await using var branch = await story.BranchAsync(backup, fork, Ct);
        await branch.WriteAsync(5, Ct);
        var branched = await branch.ArchiveAsync(Ct);

        Assert.Equal(fork.Rows + 5, branch.Moments[^1].Rows);
        Assert.Superset(
            new HashSet<string> { "wals/00000002.history.gz", $"wals/{later[..16]}/{later}.gz", $"wals/{branched[..16]}/{branched}.gz" },
            await KeysAsync(story));
        Assert.StartsWith("00000002", branched, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_segment_is_gone_and_its_neighbours_are_not()
    {
        var s3 = await bed.S3Async(Ct);
        var shared = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        var copy = new S3Folder(await s3.CreateBucketAsync(Ct), "copy/");
        await s3.CopyAsync(shared.Folder, copy, Ct);
        var segment = shared.Moments[1].Segment;

        await s3.LoseWalAsync(copy, segment, Ct);

        var before = await KeysAsync(shared);
        var after = (await s3.ListAsync(copy, Ct)).Select(item => item.Key["copy/".Length..]);
        Assert.Equal([$"wals/{segment[..16]}/{segment}.gz"], before.Except(after));
    }

    private async Task<BarmanStory> BeginAsync()
    {
        var s3 = await bed.S3Async(Ct);
        var story = await BarmanStory.BeginAsync(s3, new BarmanCloud(s3, await s3.CreateBucketAsync(Ct), "orders", BarmanCompression.Gzip), Ct);
        await story.WriteAsync(100, Ct);
        return story;
    }

    private async Task<HashSet<string>> KeysAsync(BarmanStory story)
    {
        var s3 = await bed.S3Async(Ct);
        return [.. (await s3.ListAsync(story.Folder, Ct)).Select(item => item.Key[story.Folder.Prefix.Length..])];
    }

    private async Task<string> InfoAsync(BarmanStory story, string id)
    {
        var s3 = await bed.S3Async(Ct);
        using var response = await s3.Client.GetObjectAsync(story.Folder.Bucket, $"{story.Folder.Prefix}base/{id}/backup.info", Ct);
        using var reader = new StreamReader(response.ResponseStream);
        return await reader.ReadToEndAsync(Ct);
    }
}
