using CnpgRestore.Barman;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Postgres;

namespace CnpgRestore.Cli.Output;

/// <summary>The result of <c>backups check -o json</c>.</summary>
/// <param name="Verdict"><c>reachable</c>, <c>unproven</c> or <c>unreachable</c>.</param>
/// <param name="Reason">What the verdict rests on.</param>
/// <param name="Path">What a recovery reads; for an unreachable target, as far as it would come.</param>
sealed record BackupsCheckDocument(string Server, string Target, string Verdict, string Reason, PathItem? Path, string? FirstMissingSegment)
{
    public static BackupsCheckDocument From(ServerFolder folder, RecoveryTarget target, Reachability answer) => answer switch
    {
        Reachability.Reachable yes => new(folder.Name, target.ToString(), "reachable", yes.Proof, PathItem.From(yes.Path), FirstMissingSegment: null),
        Reachability.Unproven open => new(folder.Name, target.ToString(), "unproven", open.Why, PathItem.From(open.Path), FirstMissingSegment: null),
        Reachability.Unreachable no => new(
            folder.Name, target.ToString(), "unreachable", no.Problem.Message, no.Path is { } path ? PathItem.From(path) : null, no.FirstMissing?.ToString()),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

sealed record PathItem(string Backup, ulong Segments, IReadOnlyList<LegItem> Legs, IReadOnlyList<uint> HistoryFiles)
{
    public static PathItem From(RecoveryPath path) => new(
        path.Backup.Id.ToString(),
        path.SegmentCount,
        [.. path.Legs.Select(leg => new LegItem(leg.Timeline.Value, leg.First.ToString(), leg.Last.ToString(), leg.SwitchLsn?.ToString()))],
        [.. path.HistoryFiles.Select(timeline => timeline.Value)]);
}

sealed record LegItem(uint Timeline, string FirstSegment, string LastSegment, string? SwitchLsn);
