using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Findings;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Postgres;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Barman;

/// <summary>Folders that barman wrote into a real bucket, against what the server and barman themselves say of them.</summary>
public sealed class ServerFolderTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(BarmanCompression.None)]
    [InlineData(BarmanCompression.Gzip)]
    [InlineData(BarmanCompression.Bzip2)]
    public async Task Every_moment_of_a_story_is_reachable_but_the_one_behind_its_last_commit(BarmanCompression compression)
    {
        var story = await bed.StoryAsync(compression, Ct);
        using var store = await OpenAsync(story.Folder.Bucket);
        var (catalog, archive) = await ReadAsync(store, story.Folder);

        Assert.Equal(story.Backups, catalog.Usable.Select(backup => backup.Id.ToString()));
        var check = new TargetCheck(store, catalog, archive);
        var afterTheFirstBackup = story.Moments.Where(moment => moment.Time > catalog.Backups[0].Extent!.EndTime.UtcDateTime).ToList();
        foreach (var moment in afterTheFirstBackup.SkipLast(1))
        {
            Assert.IsType<Reachability.Reachable>(await check.RunAsync(TimeOf(moment), backup: null, Ct));
            Assert.IsType<Reachability.Reachable>(await check.RunAsync(new RecoveryTarget.Lsn(Lsn.Parse(moment.Lsn)), backup: null, Ct));
        }

        Assert.IsType<Reachability.Unreachable>(await check.RunAsync(TimeOf(afterTheFirstBackup[^1]), backup: null, Ct));
        Assert.IsType<Reachability.Reachable>(await check.RunAsync(new RecoveryTarget.Latest(), backup: null, Ct));
    }

    [Fact]
    public async Task The_window_ends_with_the_last_commit_of_the_server()
    {
        var story = await bed.StoryAsync(BarmanCompression.Bzip2, Ct);
        using var store = await OpenAsync(story.Folder.Bucket);
        var (catalog, archive) = await ReadAsync(store, story.Folder);

        var span = Assert.Single((await RecoveryWindow.ReadAsync(store, catalog, archive, Ct)).Spans);

        Assert.Equal(catalog.Backups[0].Extent!.EndTime, span.First);
        Assert.InRange(span.Last!.Value.UtcDateTime, story.Moments[^2].Time, story.Moments[^1].Time);
        Assert.Equal(story.Moments[^1].Segment, span.Path.LastSegment.ToString());
    }

    [Fact]
    public async Task Two_databases_in_one_folder_are_told_apart_by_their_system_identifiers()
    {
        await using var first = await BeginAsync();
        await first.BackUpAsync(Ct);
        await using var second = await BarmanStory.BeginAsync(await bed.S3Async(Ct), first.Barman, Ct);
        await second.BackUpAsync(Ct);
        using var store = await OpenAsync(first.Folder.Bucket);
        var (catalog, archive) = await ReadAsync(store, first.Folder);

        var finding = Assert.Single(FolderFindings.Of(catalog, archive), found => found.Kind == "two-system-ids");

        Assert.Equal(FindingSeverity.Error, finding.Severity);
        Assert.Contains(await first.SystemIdentifierAsync(Ct), finding.Evidence, StringComparison.Ordinal);
        Assert.Contains(await second.SystemIdentifierAsync(Ct), finding.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_CNPG_would_choose_by_mistake_is_pointed_out_and_passed_over()
    {
        await using var story = await BeginAsync();
        var good = await story.BackUpAsync(Ct);
        var failed = await story.FailBackupAtUploadAsync(Ct);
        var crashed = await story.CrashBackupAsync(Ct);
        await story.WriteAsync(1, Ct);
        await story.ArchiveAsync(Ct);
        using var store = await OpenAsync(story.Folder.Bucket);
        var (catalog, archive) = await ReadAsync(store, story.Folder);

        Assert.Equal(
            [(good, BackupState.Usable), (failed, BackupState.Failed), (crashed, BackupState.Crashed)],
            catalog.Backups.Select(backup => (backup.Id.ToString(), backup.State)));
        var finding = Assert.Single(FolderFindings.Of(catalog, archive), finding => finding.Kind == "cnpg-chooses-unusable-backup");
        Assert.Contains(failed, finding.Text, StringComparison.Ordinal);
        var answer = Assert.IsType<Reachability.Reachable>(await new TargetCheck(store, catalog, archive).RunAsync(new RecoveryTarget.Latest(), backup: null, Ct));
        Assert.Equal(good, answer.Path.Backup.Id.ToString());
    }

    [Fact]
    public async Task A_branch_into_the_same_folder_is_seen()
    {
        await using var story = await BeginAsync();
        var backup = await story.BackUpAsync(Ct);
        var fork = await story.WriteAsync(10, Ct);
        await story.ArchiveAsync(Ct);
        await story.WriteAsync(20, Ct);
        await story.ArchiveAsync(Ct);
        var late = await story.BackUpAsync(Ct);
        await using var branch = await story.BranchAsync(backup, fork, Ct);
        await branch.WriteAsync(5, Ct);
        var branched = await branch.ArchiveAsync(Ct);
        using var store = await OpenAsync(story.Folder.Bucket);
        var (catalog, archive) = await ReadAsync(store, story.Folder);

        var kinds = FolderFindings.Of(catalog, archive).Select(finding => finding.Kind).ToList();
        Assert.Contains("overlapping-timelines", kinds);
        Assert.Contains("dead-branch", kinds);
        Assert.Null(RecoveryRoute.Find(catalog.Find(BackupId.Parse(late))!, archive).Path);
        Assert.Equal(branched, RecoveryRoute.Find(catalog.Find(BackupId.Parse(backup))!, archive).Path!.LastSegment.ToString());
    }

    [Fact]
    public async Task A_lost_segment_is_the_first_missing_one()
    {
        var s3 = await bed.S3Async(Ct);
        var shared = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        var copy = new S3Folder(await s3.CreateBucketAsync(Ct), "postgres-v17/");
        await s3.CopyAsync(shared.Folder, copy, Ct);
        var lost = shared.Moments[^2].Segment;
        await s3.LoseWalAsync(copy, lost, Ct);
        using var store = await OpenAsync(copy.Bucket);
        var (catalog, archive) = await ReadAsync(store, copy);

        var answer = Assert.IsType<Reachability.Unreachable>(await new TargetCheck(store, catalog, archive).RunAsync(new RecoveryTarget.Latest(), backup: null, Ct));

        Assert.Equal((ProblemCode.WalGap, lost), (answer.Problem.Code, answer.FirstMissing.ToString()));
    }

    [Fact]
    public async Task Barman_agrees_whether_an_archive_is_empty()
    {
        var s3 = await bed.S3Async(Ct);
        var story = await bed.StoryAsync(BarmanCompression.Bzip2, Ct);
        var bucket = await s3.CreateBucketAsync(Ct);
        await s3.CopyAsync(story.Folder with { Prefix = $"{story.Folder.Prefix}base/" }, new S3Folder(bucket, "only-base/base/"), Ct);
        await s3.CopyAsync(story.Folder with { Prefix = $"{story.Folder.Prefix}wals/00000002.history" }, new S3Folder(bucket, "only-history/wals/00000002.history"), Ct);

        foreach (var (server, empty) in new[] { ("only-base", true), ("only-history", false), ("unused", true) })
        {
            using var store = await OpenAsync(bucket);
            var barman = await ToolProcess.RunAsync(new BarmanCloud(s3, bucket, server, BarmanCompression.None).CheckWalArchive(), Ct);
            Assert.Equal(empty, barman.ExitCode == 0);
            Assert.Equal(empty, await EmptyArchiveCheck.FindOffenderAsync(store, ServerFolder.Named(server), Ct) is null);
        }
    }

    private static RecoveryTarget TimeOf(StoryMoment moment) => new RecoveryTarget.Time(TargetTime.From(new DateTimeOffset(moment.Time)));

    private static async Task<(BackupCatalog Catalog, WalArchive Archive)> ReadAsync(IObjectStore store, S3Folder location)
    {
        var folder = new ServerFolder(new KeyPrefix(location.Prefix));
        var archive = await WalArchive.ScanAsync(store, folder, Ct);
        return ((await BackupCatalog.ReadAsync(store, folder, Ct)).JudgedWith(archive), archive);
    }

    private async Task<BarmanStory> BeginAsync()
    {
        var s3 = await bed.S3Async(Ct);
        var story = await BarmanStory.BeginAsync(s3, new BarmanCloud(s3, await s3.CreateBucketAsync(Ct), "orders", BarmanCompression.Gzip), Ct);
        await story.WriteAsync(100, Ct);
        return story;
    }

    private async Task<IObjectStore> OpenAsync(string bucket) => new S3ObjectStore(
        new S3Settings(StoreAddress.Parse($"s3://{bucket}"))
        {
            Endpoint = new Uri((await bed.S3Async(Ct)).Endpoint),
            Credentials = new S3Credentials(S3Server.AccessKey, new Secret(S3Server.SecretKey), sessionToken: null),
        },
        TimeProvider.System);
}
