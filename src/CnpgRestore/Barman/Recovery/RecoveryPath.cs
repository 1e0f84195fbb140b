using CnpgRestore.Barman.Backups;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Recovery;

/// <summary>What a recovery reads: one base backup, and WAL in one unbroken line over one or more timelines.</summary>
/// <param name="History">Of the timeline that recovery follows.</param>
/// <param name="Legs">In the order of replay; at least one.</param>
public sealed record RecoveryPath(BaseBackup Backup, BackupExtent Extent, TimelineHistory History, IReadOnlyList<WalLeg> Legs)
{
    public WalSegmentName FirstSegment => Legs[0].First;

    public WalSegmentName LastSegment => Legs[^1].Last;

    /// <summary>The first byte behind the last segment.</summary>
    public Lsn EndLsn => LastSegment.EndLsn(Extent.SegmentSize);

    public ulong SegmentCount => Number(LastSegment) - Number(FirstSegment) + 1;

    /// <summary>Every segment, in the order of replay.</summary>
    public IEnumerable<WalSegmentName> Segments
    {
        get
        {
            for (var number = Number(FirstSegment); number <= Number(LastSegment); number++)
            {
                yield return Find(number)!.Value;
            }
        }
    }

    /// <summary>The timelines whose history files PostgreSQL asks for and needs: all on the way that have a parent.</summary>
    public IEnumerable<TimelineId> HistoryFiles =>
        History.Ancestors.Select(ancestor => ancestor.Timeline).Append(History.Timeline).Where(timeline => timeline > Extent.Timeline);

    /// <summary>The segment that recovery reads before this one; null for the first.</summary>
    public WalSegmentName? Before(WalSegmentName segment) => Number(segment) is var number && number > Number(FirstSegment) ? Find(number - 1) : null;

    /// <summary>The same path, ended with the segment of this number.</summary>
    public RecoveryPath UpTo(ulong number)
    {
        var legs = Legs.Where(leg => Number(leg.First) <= number).ToList();
        var last = legs[^1];
        if (number < Number(LastSegment))
        {
            var end = Math.Min(number, Number(last.Last));
            legs[^1] = last with { Last = WalSegmentName.FromNumber(last.Timeline, end, Extent.SegmentSize), SwitchLsn = null };
        }

        return this with { Legs = legs };
    }

    private ulong Number(WalSegmentName segment) => segment.Number(Extent.SegmentSize);

    private WalSegmentName? Find(ulong number)
    {
        foreach (var leg in Legs)
        {
            if (number >= Number(leg.First) && number <= Number(leg.Last))
            {
                return WalSegmentName.FromNumber(leg.Timeline, number, Extent.SegmentSize);
            }
        }

        return null;
    }
}
