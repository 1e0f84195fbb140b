using Amazon.S3;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests;

public sealed class TestServersTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stranger_is_denied_what_the_owner_may_do()
    {
        var s3 = await bed.S3Async(Ct);
        var bucket = await s3.CreateBucketAsync(Ct);
        using var stranger = s3.CreateClient(S3Server.StrangerAccessKey, S3Server.StrangerSecretKey);

        var denied = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => stranger.ListObjectsAsync(bucket, Ct));

        Assert.Equal("AccessDenied", denied.ErrorCode);
        Assert.Empty(await s3.ListAsync(new S3Folder(bucket, ""), Ct));
    }

    [Fact]
    public async Task What_a_story_archived_can_be_restored_by_barman_itself()
    {
        var s3 = await bed.S3Async(Ct);
        var barman = new BarmanCloud(s3, await s3.CreateBucketAsync(Ct), "postgres-v17", BarmanCompression.Gzip);
        await using var story = await BarmanStory.BeginAsync(s3, barman, Ct);
        await story.WriteAsync(1000, Ct);
        var id = await story.BackUpAsync(Ct);
        var last = await story.WriteAsync(500, Ct);
        await story.ArchiveAsync(Ct);

        await using var restored = await PostgresServer.OpenAsync(
            barman.Recovering(new Dictionary<string, string> { ["recovery_target_lsn"] = last.Lsn, ["recovery_target_action"] = "promote" }),
            async data =>
            {
                (await ToolProcess.RunAsync(barman.Restore(id, data), Ct)).Succeeded();
                await File.WriteAllBytesAsync(Path.Combine(data, "recovery.signal"), [], Ct);
            },
            Ct);
        await restored.StartAsync(Ct);
        await restored.RecoveredAsync(Ct);

        Assert.Equal(last.Rows, await restored.QueryAsync<long>("SELECT count(*) FROM events", Ct));
    }
}
