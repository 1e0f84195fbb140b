using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Findings;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Postgres;
using CnpgRestore.ServerTests.ObjectStore;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Barman;

/// <summary>
/// What <c>backups list</c> and <c>check</c>, and the plan of <c>from-backup</c>, read of a real folder over a server that misbehaves: the same as over a
/// good one, or an error. Never less, as if less were there.
/// </summary>
public sealed class FaultyBucketTests(TestBed bed) : IAsyncLifetime
{
    private S3FaultProxy _proxy = null!;
    private BarmanStory _story = null!;
    private string _undisturbed = "";

    public static TheoryData<string> PassingFaults => [.. S3Faults.Passing.Keys];

    public static MatrixTheoryData<string, S3Operation> LastingFaults => new(
        [.. S3Faults.Final.Keys, "500 InternalError", "cut in the answer"], [S3Operation.ListObjects, S3Operation.GetObject]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var s3 = await bed.S3Async(Ct);
        _story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        _proxy = await S3FaultProxy.StartAsync(s3.Endpoint, Ct);
        _undisturbed = await SayAsync();
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task A_fault_at_every_third_request_changes_nothing_of_what_is_said(string fault)
    {
        _proxy.OnEach(Times.Every(3), S3Faults.Passing[fault]);

        Assert.Equal(_undisturbed, await SayAsync());
    }

    [Theory]
    [MemberData(nameof(LastingFaults))]
    public async Task A_fault_that_stays_is_an_error_and_never_less_than_is_there(string fault, S3Operation operation)
    {
        _proxy.On(operation, Times.From(2), S3Faults.Final.GetValueOrDefault(fault) ?? S3Faults.Passing[fault]);

        var problem = (await Assert.ThrowsAsync<RestoreException>(SayAsync)).Problem;

        Assert.Equal(S3Faults.Final.ContainsKey(fault) ? ProblemCode.AccessDenied : ProblemCode.Unreachable, problem.Code);
        Assert.NotNull(problem.Hint);
    }

    [Fact]
    public async Task Pages_in_disorder_with_repeated_keys_make_no_difference()
    {
        _proxy.On(S3Operation.ListObjects, Times.Always, S3Faults.Page(page => page.DisorderAndRepeat()));

        Assert.Equal(_undisturbed, await SayAsync());
    }

    [Theory]
    [InlineData("backup.info")]
    [InlineData("00000002.history")]
    public async Task An_answer_that_ends_early_is_not_taken_for_the_object(string name)
    {
        _proxy.On(call => call.Operation == S3Operation.GetObject && call.Key.Contains(name, StringComparison.Ordinal), Times.Always, S3Faults.Truncate);

        Assert.Equal(ProblemCode.Unreachable, (await Assert.ThrowsAsync<RestoreException>(SayAsync)).Problem.Code);
    }

    [Fact]
    public async Task A_tar_that_the_listing_does_not_show_makes_no_backup_that_may_be_chosen()
    {
        var newest = _story.Backups[^1];
        _proxy.On(S3Operation.ListObjects, Times.Always, S3Faults.Page(page => page.Hide($"{_story.Folder.Prefix}base/{newest}/data.tar.gz")));
        using var store = Open();

        var state = await FolderState.ReadAsync(store, _story.Folder.Prefix.TrimEnd('/'), Ct);

        Assert.Equal(_story.Backups.SkipLast(1), state.Catalog.Usable.Select(backup => backup.Id.ToString()));
    }

    [Theory]
    [InlineData(403, "InvalidObjectState", "archive storage class")]
    [InlineData(403, "AccessDenied", "Access denied")]
    [InlineData(404, "NoSuchKey", "does not exist")]
    public async Task One_backup_info_that_cannot_be_read_leaves_the_other_backups_usable(int status, string code, string words)
    {
        _proxy.On(call => call.Operation == S3Operation.GetObject && call.Key.EndsWith($"{_story.Backups[0]}/backup.info", StringComparison.Ordinal), Times.Always, S3Faults.Answer(status, code));
        using var store = Open();

        var catalog = (await FolderState.ReadAsync(store, _story.Folder.Prefix.TrimEnd('/'), Ct)).Catalog;

        Assert.Equal(_story.Backups.Skip(1), catalog.Usable.Select(backup => backup.Id.ToString()));
        Assert.Equal(BackupState.Unreadable, catalog.Backups[0].State);
        Assert.Contains(words, catalog.Backups[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_backup_info_may_be_read_it_is_a_matter_of_the_credentials()
    {
        _proxy.On(call => call.Operation == S3Operation.GetObject && call.Key.EndsWith("/backup.info", StringComparison.Ordinal), Times.Always, S3Faults.Answer(403, "AccessDenied"));

        Assert.Equal(ProblemCode.AccessDenied, (await Assert.ThrowsAsync<RestoreException>(SayAsync)).Problem.Code);
    }

    [Theory]
    [InlineData("GLACIER", null, "data.tar.gz lies in GLACIER: restore it first (aws s3api restore-object)")]
    [InlineData("DEEP_ARCHIVE", "ongoing-request=\"true\"", "data.tar.gz lies in DEEP_ARCHIVE: restore it first (aws s3api restore-object)")]
    [InlineData("GLACIER", "ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2035 00:00:00 GMT\"", null)]
    [InlineData("GLACIER_IR", null, null)]
    public async Task A_tar_in_an_archive_storage_class_must_be_restored_first(string storageClass, string? restore, string? why)
    {
        var tar = $"{_story.Folder.Prefix}base/{_story.Backups[^1]}/data.tar.gz";
        (string, string)[] headers = [("x-amz-storage-class", storageClass), .. restore is null ? Array.Empty<(string, string)>() : [("x-amz-restore", restore)]];
        _proxy.On(S3Operation.ListObjects, Times.Always, S3Faults.Page(page => page.Archive(tar, storageClass)));
        _proxy.On(call => call.Operation == S3Operation.HeadObject && call.Key == tar, Times.Always, S3Faults.Headers(headers));
        using var store = Open();

        var backup = (await FolderState.ReadAsync(store, _story.Folder.Prefix.TrimEnd('/'), Ct)).Catalog.Backups[^1];

        Assert.Equal((why is null ? BackupState.Usable : BackupState.Unreadable, why), (backup.State, backup.Why));
    }

    [Theory]
    [InlineData("ongoing-request=\"true\"", true)]
    [InlineData("ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2035 00:00:00 GMT\"", false)]
    public async Task A_segment_in_an_archive_storage_class_ends_no_recovery_silently(string restore, bool isInTheWay)
    {
        var segment = _story.Moments[^2].Segment;
        var key = $"{_story.Folder.Prefix}wals/{segment[..16]}/{segment}.gz";
        _proxy.On(S3Operation.ListObjects, Times.Always, S3Faults.Page(page => page.Archive(key, "DEEP_ARCHIVE")));
        _proxy.On(call => call.Operation == S3Operation.HeadObject && call.Key == key, Times.Always, S3Faults.Headers(("x-amz-storage-class", "DEEP_ARCHIVE"), ("x-amz-restore", restore)));
        using var store = Open();

        var state = await FolderState.ReadAsync(store, _story.Folder.Prefix.TrimEnd('/'), Ct);
        var latest = await new TargetCheck(store, state.Catalog, state.Archive).RunAsync(new RecoveryTarget.Latest(), backup: null, Ct);

        Assert.Equal($"1: {segment}.gz", FolderFindings.Of(state.Catalog, state.Archive).Single(finding => finding.Kind == "segment-in-archive-class").Evidence);
        if (isInTheWay)
        {
            var problem = Assert.IsType<Reachability.Unreachable>(latest).Problem;
            Assert.Equal((ProblemCode.WalGap, $"WAL segment {segment} lies in DEEP_ARCHIVE, from where no recovery can read it"), (problem.Code, problem.Message));
        }
        else
        {
            Assert.IsType<Reachability.Reachable>(latest);
        }
    }

    [Fact]
    public async Task A_segment_that_the_listing_does_not_show_is_a_gap_and_not_the_end()
    {
        var hidden = _story.Moments[^2].Segment;
        _proxy.On(S3Operation.ListObjects, Times.Always, S3Faults.Page(page => page.Hide($"{_story.Folder.Prefix}wals/{hidden[..16]}/{hidden}.gz")));

        Assert.Contains($"gap at {hidden}", await SayAsync(), StringComparison.Ordinal);
    }

    /// <summary>All that is said of the folder, as text.</summary>
    private async Task<string> SayAsync()
    {
        using var store = Open();
        var state = await FolderState.ReadAsync(store, _story.Folder.Prefix.TrimEnd('/'), Ct);
        var window = await RecoveryWindow.ReadAsync(store, state.Catalog, state.Archive, Ct);
        var latest = await new TargetCheck(store, state.Catalog, state.Archive).RunAsync(new RecoveryTarget.Latest(), backup: null, Ct);
        var lines = state.Catalog.Backups.Select(backup => $"{backup.Id} {backup.State} {backup.Size}")
            .Concat(window.Spans.Select(span => $"{span.First:O} {span.Last:O} {span.Path.LastSegment}"))
            .Concat(FolderFindings.Of(state.Catalog, state.Archive).Select(finding => $"{finding.Kind} {finding.Text}"))
            .Append($"{state.Archive.SegmentCount} segments, {state.Offender} is in the way")
            .Append(latest switch
            {
                Reachability.Reachable reachable => $"latest: {reachable.Path.Backup.Id} to {reachable.Path.LastSegment}",
                Reachability.Unreachable { FirstMissing: { } missing } => $"gap at {missing}",
                _ => latest.ToString(),
            });
        return string.Join('\n', lines);
    }

    private S3ObjectStore Open() => new(StoreSettings.Of(_proxy.Endpoint, $"s3://{_story.Folder.Bucket}"), new HurriedClock(60));
}
