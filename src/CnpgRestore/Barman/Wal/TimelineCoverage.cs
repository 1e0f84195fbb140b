using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>What the folder holds of one timeline.</summary>
/// <param name="Parent">The timeline it forked off, and where; null where it has none or its history is missing.</param>
/// <param name="Coverage">Its whole segments; there may be none yet.</param>
public sealed record TimelineCoverage(TimelineId Timeline, TimelineAncestor? Parent, WalCoverage Coverage)
{
    public IEnumerable<WalGap> Gaps => Coverage.Runs.Zip(Coverage.Runs.Skip(1), (before, after) =>
        new WalGap(Coverage.Name(before.Last + 1), Coverage.Name(after.First - 1), after.First - before.Last - 1));
}
