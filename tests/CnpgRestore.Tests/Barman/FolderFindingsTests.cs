using CnpgRestore.Barman.Findings;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Barman;

public sealed class FolderFindingsTests
{
    private const string First = $"base/{GoldenFolder.FirstBackup}/backup.info";
    private const string Second = $"base/{GoldenFolder.SecondBackup}/backup.info";
    private const string TimelineOne = "wals/0000000100000000";
    private const string TimelineTwo = "wals/0000000200000000";

    [Fact]
    public async Task Tells_what_is_odd_about_the_real_folder_and_nothing_else()
    {
        using var golden = new GoldenFolder();
        Assert.Equal(["failed-backup", "crashed-backup", "partial-segment", "archive-not-empty"], (await FindAsync(golden)).Select(finding => finding.Kind));
    }

    [Fact]
    public async Task An_empty_folder_is_what_a_new_cluster_wants()
    {
        using var store = ScriptedStore.OfNames([]);
        var folder = await CnpgRestore.Plans.Clusters.FolderState.ReadAsync(store, "postgres-v17", TestContext.Current.CancellationToken);

        Assert.Empty(FolderFindings.Of(folder.Catalog, folder.Archive));
    }

    [Fact]
    public async Task Histories_of_one_life_agree()
    {
        using var golden = new GoldenFolder().With("wals/00000003.history", "1\t0/C0000A0\tx\n2\t0/F000000\tx\n");
        Assert.DoesNotContain(await FindAsync(golden), finding => finding.Kind == "mixed-histories");
    }

    [Fact]
    public async Task Warns_that_CNPG_would_choose_a_failed_backup()
    {
        using var golden = new GoldenFolder().Replace(Second, "status=DONE", "status=FAILED");
        var finding = await SingleAsync(golden, "cnpg-chooses-unusable-backup");
        Assert.Equal($"pin recoveryTarget.backupID: \"{GoldenFolder.FirstBackup}\"", finding.Evidence);
        Assert.Equal(FindingSeverity.Error, finding.Severity);
    }

    [Fact]
    public async Task Sees_two_database_systems_in_one_folder()
    {
        using var golden = new GoldenFolder().Replace(First, "systemid=7711054909860330953", "systemid=42");
        Assert.Equal($"42: {GoldenFolder.FirstBackup}; 7711054909860330953: {GoldenFolder.FailedBackup}, {GoldenFolder.SecondBackup}", (await SingleAsync(golden, "two-system-ids")).Evidence);
    }

    [Fact]
    public async Task Sees_a_gap_and_says_which_backup_it_cuts()
    {
        using var golden = new GoldenFolder().Without($"{TimelineOne}/000000010000000000000006.gz").Without($"{TimelineOne}/000000010000000000000007.gz");
        var finding = await SingleAsync(golden, "wal-gap");
        Assert.Equal("2 WAL segments are missing, from 000000010000000000000006 to 000000010000000000000007", finding.Text);
        Assert.Contains(GoldenFolder.FirstBackup, finding.Evidence, StringComparison.Ordinal);
        Assert.Equal(FindingSeverity.Error, finding.Severity);
    }

    [Fact]
    public async Task A_gap_that_no_backup_needs_is_only_noted()
    {
        using var golden = new GoldenFolder().Without(First).Without($"{TimelineOne}/000000010000000000000006.gz");
        Assert.Equal(FindingSeverity.Note, (await SingleAsync(golden, "wal-gap")).Severity);
    }

    [Theory]
    [InlineData("incomplete-backup", $"base/{GoldenFolder.FirstBackup}/data.tar.gz")]
    [InlineData("incomplete-backup", $"{TimelineOne}/000000010000000000000002.gz")]
    [InlineData("missing-history", "wals/00000002.history.bz2")]
    public async Task Sees_what_is_missing(string kind, string key)
    {
        using var golden = new GoldenFolder().Without(key);
        _ = await SingleAsync(golden, kind);
    }

    [Theory]
    [InlineData("unreadable-backup-info", "base/20261122T190000/backup.info", "garbage")]
    [InlineData("stray-backup-folder", "base/old/x", "x")]
    [InlineData("doubly-compressed", $"{TimelineOne}/000000010000000000000003.gz.gz", "x")]
    [InlineData("duplicate-segment", $"{TimelineOne}/000000010000000000000003", "x")]
    [InlineData("stray-object", $"{TimelineOne}/notes.txt", "x")]
    [InlineData("partial-hides-segment", $"{TimelineOne}/000000010000000000000003.partial", "x")]
    [InlineData("damaged-history", "wals/00000003.history", "x")]
    [InlineData("future-timeline", "wals/00000003.history", "1\t0/C0000A0\tx\n2\t0/F000000\tx\n")]
    [InlineData("mixed-histories", "wals/00000003.history", "1\t0/B0000A0\tx\n2\t0/F000000\tx\n")]
    [InlineData("dead-branch", "wals/00000003.history", "1\t0/C0000A0\tx\n")]
    [InlineData("overlapping-timelines", $"{TimelineOne}/00000001000000000000000D.gz", "x")]
    public async Task Sees_what_should_not_be_there(string kind, string key, string content)
    {
        using var golden = new GoldenFolder().With(key, content);
        _ = await SingleAsync(golden, kind);
    }

    [Fact]
    public async Task The_segment_with_the_switch_point_may_be_on_both_timelines()
    {
        using var golden = new GoldenFolder().WithCopy($"{TimelineTwo}/00000002000000000000000C.bz2", $"{TimelineOne}/00000001000000000000000C.bz2");
        Assert.DoesNotContain(await FindAsync(golden), finding => finding.Kind == "overlapping-timelines");
    }

    [Fact]
    public async Task The_worst_comes_first()
    {
        using var golden = new GoldenFolder().Without($"{TimelineOne}/000000010000000000000006.gz");
        var severities = (await FindAsync(golden)).Select(finding => finding.Severity).ToList();
        Assert.Equal(severities.OrderDescending(), severities);
        Assert.Equal(FindingSeverity.Error, severities[0]);
    }

    [Fact]
    public async Task The_window_is_the_time_from_the_oldest_backup_to_the_last_commit()
    {
        using var golden = new GoldenFolder();
        var span = Assert.Single((await WindowAsync(golden)).Spans);
        Assert.Equal(TargetTime.Parse("2026-11-22T17:51:32.300433Z").Moment, span.First);
        Assert.Equal(TargetTime.Parse("2026-11-22T17:52:50.350359Z").Moment, span.Last);
        Assert.Equal(2, span.Backups.Count);
    }

    [Fact]
    public async Task A_gap_splits_the_window()
    {
        using var golden = new GoldenFolder().Without($"{TimelineOne}/000000010000000000000006.gz");
        var spans = (await WindowAsync(golden)).Spans;
        Assert.Equal([TargetTime.Parse("2026-11-22T17:51:43.294439Z").Moment, TargetTime.Parse("2026-11-22T17:52:50.350359Z").Moment], spans.Select(span => span.Last!.Value));
        Assert.Equal(["000000010000000000000006", null], spans.Select(span => span.Route.Gap?.ToString()));
    }

    [Fact]
    public async Task A_last_segment_that_cannot_be_read_is_a_finding_of_who_has_read_it()
    {
        using var golden = new GoldenFolder().With($"{TimelineTwo}/000000020000000000000010.bz2", "damaged");
        var (catalog, archive) = await golden.ReadAsync();
        var window = await RecoveryWindow.ReadAsync(golden.Store, catalog, archive, TestContext.Current.CancellationToken);

        var finding = Assert.Single(FolderFindings.Of(catalog, archive, window), finding => finding.Kind == "damaged-segment");

        Assert.Equal(FindingSeverity.Warning, finding.Severity);
        Assert.StartsWith("WAL segment 000000020000000000000010 cannot be read: ", finding.Text, StringComparison.Ordinal);
        Assert.StartsWith($"recovery from base backup {GoldenFolder.SecondBackup} or an older one ", finding.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain(FolderFindings.Of(catalog, archive), finding => finding.Kind == "damaged-segment");
    }

    [Fact]
    public async Task Last_segments_that_can_be_read_are_none()
    {
        using var golden = new GoldenFolder();
        var (catalog, archive) = await golden.ReadAsync();

        Assert.Equal(FolderFindings.Of(catalog, archive), FolderFindings.Of(catalog, archive, await WindowAsync(golden)));
    }

    private static async Task<IReadOnlyList<Finding>> FindAsync(GoldenFolder golden)
    {
        var (catalog, archive) = await golden.ReadAsync();
        return FolderFindings.Of(catalog, archive);
    }

    private static async Task<Finding> SingleAsync(GoldenFolder golden, string kind) => Assert.Single(await FindAsync(golden), finding => finding.Kind == kind);

    private static async Task<RecoveryWindow> WindowAsync(GoldenFolder golden)
    {
        var (catalog, archive) = await golden.ReadAsync();
        return await RecoveryWindow.ReadAsync(golden.Store, catalog, archive, TestContext.Current.CancellationToken);
    }
}
