using CnpgRestore.Barman.Findings;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;


namespace CnpgRestore.Cli.Output;

/// <summary>The result of <c>backups list -o json</c>.</summary>
/// <param name="ArchiveEmpty">False where barman-cloud-check-wal-archive says "Expected empty archive".</param>
sealed record BackupsListDocument(
    string Bucket,
    string Server,
    bool ArchiveEmpty,
    long WalSegments,
    IReadOnlyList<BackupItem> Backups,
    IReadOnlyList<SpanItem> RecoveryWindow,
    IReadOnlyList<TimelineItem> Timelines,
    IReadOnlyList<FindingItem> Findings)
{
    public static BackupsListDocument From(FolderSurvey survey) => new(
        survey.Bucket,
        survey.Catalog.Folder.Name,
        survey.Archive.WalLikeCount == 0,
        survey.Archive.SegmentCount,
        [.. survey.Catalog.Backups.Select(BackupItem.From)],
        [.. survey.Window.Spans.Select(SpanItem.From)],
        [.. survey.Window.Timelines.Select(TimelineItem.From)],
        [.. survey.Findings.Select(FindingItem.From)]);
}

/// <param name="LastCommit">Absent where the segments that were read hold none.</param>
/// <param name="MissingSegment">The gap that ends this span; absent where the archive ends there.</param>
sealed record SpanItem(DateTimeOffset First, DateTimeOffset? LastCommit, string EndLsn, string FirstSegment, string LastSegment, string? MissingSegment, IReadOnlyList<string> Backups, string? Damage)
{
    public static SpanItem From(RecoverySpan span) => new(
        span.First,
        span.Tail.LastCommit,
        span.Path.EndLsn.ToString(),
        span.Path.FirstSegment.ToString(),
        span.Path.LastSegment.ToString(),
        span.Route.Gap?.ToString(),
        [.. span.Backups.Select(backup => backup.Id.ToString())],
        span.Tail.Damage);
}

sealed record TimelineItem(uint Timeline, uint? Parent, string? SwitchLsn, IReadOnlyList<SegmentRangeItem> Coverage, IReadOnlyList<SegmentRangeItem> Gaps)
{
    public static TimelineItem From(TimelineCoverage timeline) => new(
        timeline.Timeline.Value,
        timeline.Parent?.Timeline.Value,
        timeline.Parent?.SwitchLsn.ToString(),
        [.. timeline.Coverage.Runs.Select(run => new SegmentRangeItem(timeline.Coverage.Name(run.First).ToString(), timeline.Coverage.Name(run.Last).ToString(), run.Count))],
        [.. timeline.Gaps.Select(gap => new SegmentRangeItem(gap.First.ToString(), gap.Last.ToString(), gap.Count))]);
}

sealed record SegmentRangeItem(string First, string Last, ulong Count);

sealed record FindingItem(string Severity, string Kind, string Text, string? Evidence)
{
    public static FindingItem From(Finding finding) => new(finding.Severity.ToString().ToLowerInvariant(), finding.Kind, finding.Text, finding.Evidence);
}
