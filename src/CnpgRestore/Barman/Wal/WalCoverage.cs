using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>Which segments of one timeline an archive holds.</summary>
public sealed class WalCoverage
{
    /// <param name="runs">In any order; they may touch or overlap.</param>
    public WalCoverage(TimelineId timeline, WalSegmentSize size, IEnumerable<WalRun> runs)
    {
        Timeline = timeline;
        SegmentSize = size;
        Runs = Merge(runs);
    }

    public TimelineId Timeline { get; }

    public WalSegmentSize SegmentSize { get; }

    /// <summary>In rising order, with at least one segment missing between two neighbours.</summary>
    public IReadOnlyList<WalRun> Runs { get; }

    public bool Contains(WalSegmentName segment) => segment.Timeline == Timeline && LastOfRun(segment.Number(SegmentSize)) is not null;

    /// <summary>The first segment between the two, both included, that is not there.</summary>
    public WalSegmentName? FirstMissing(WalSegmentName first, WalSegmentName last)
    {
        var start = first.Number(SegmentSize);
        var next = LastOfRun(start) is { } end ? end + 1 : start;
        return next <= last.Number(SegmentSize) ? Name(next) : null;
    }

    /// <summary>The last segment that can be reached from <paramref name="segment"/> without a gap; null where it is itself missing.</summary>
    public WalSegmentName? LastUnbroken(WalSegmentName segment) => LastOfRun(segment.Number(SegmentSize)) is { } last ? Name(last) : null;

    /// <summary>Whether any segment with a number from <paramref name="first"/> up to, but not including, <paramref name="end"/> is there.</summary>
    public bool HasAny(ulong first, ulong end) => first < end && Runs.Any(run => run.Last >= first && run.First < end);

    public WalSegmentName Name(ulong number) => WalSegmentName.FromNumber(Timeline, number, SegmentSize);

    internal static List<WalRun> Merge(IEnumerable<WalRun> runs)
    {
        var merged = new List<WalRun>();
        foreach (var run in runs.OrderBy(run => run.First))
        {
            if (merged.Count > 0 && run.First <= merged[^1].Last + 1)
            {
                merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, run.Last) };
            }
            else
            {
                merged.Add(run);
            }
        }

        return merged;
    }

    private ulong? LastOfRun(ulong number)
    {
        var (low, high) = (0, Runs.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var run = Runs[middle];
            if (number < run.First)
            {
                high = middle - 1;
            }
            else if (number > run.Last)
            {
                low = middle + 1;
            }
            else
            {
                return run.Last;
            }
        }

        return null;
    }
}
