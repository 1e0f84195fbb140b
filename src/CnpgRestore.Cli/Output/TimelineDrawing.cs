using System.Globalization;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;

namespace CnpgRestore.Cli.Output;

/// <summary>
/// The WAL of a folder as one row per timeline over a common axis of LSNs:
/// <code>
/// timeline 1  =B====x===...==          12 segments, 3 missing
/// timeline 2              \=B====       5 segments, from 0/C0000A0
/// </code>
/// </summary>
static class TimelineDrawing
{
    private const int WidestBar = 80;
    private const int RoomForText = 58;
    private const int NarrowestBar = 10;

    private const char Wal = '=';
    private const char Missing = '.';
    private const char Usable = 'B';
    private const char Unusable = 'x';
    private const char Fork = '\\';

    public static IEnumerable<string> Draw(BackupCatalog catalog, RecoveryWindow window, int consoleWidth)
    {
        var drawn = window.Timelines.Where(timeline => timeline.Coverage.Runs.Count > 0).ToList();
        if (drawn.Count == 0)
        {
            yield break;
        }

        var axis = new Axis(
            drawn.Min(timeline => timeline.Coverage.Runs[0].First),
            drawn.Max(timeline => timeline.Coverage.Runs[^1].Last),
            Math.Clamp(consoleWidth - RoomForText, NarrowestBar, WidestBar));
        var label = drawn.Max(timeline => timeline.Timeline.ToString().Length);
        foreach (var timeline in drawn)
        {
            yield return $"timeline {timeline.Timeline.ToString().PadLeft(label)}  {Bar(timeline, catalog, axis)}  {Describe(timeline)}";
        }

        yield return $"{new string(' ', 9 + label)}  {Usable} base backup  {Unusable} unusable one  {Wal} WAL  {Missing} WAL missing  {Fork} forks off";
    }

    private static string Bar(TimelineCoverage timeline, BackupCatalog catalog, Axis axis)
    {
        var bar = new string(' ', axis.Columns).ToCharArray();
        foreach (var run in timeline.Coverage.Runs)
        {
            bar.AsSpan()[axis.Range(run.First, run.Last)].Fill(Wal);
        }

        // A gap of one segment among thousands must still be seen, so gaps are drawn over the WAL around them.
        foreach (var gap in timeline.Gaps)
        {
            bar.AsSpan()[axis.Range(gap.First.Number(catalog.SegmentSize), gap.Last.Number(catalog.SegmentSize))].Fill(Missing);
        }

        if (timeline.Parent is not null)
        {
            bar[axis.Column(timeline.Coverage.Runs[0].First)] = Fork;
        }

        foreach (var backup in catalog.Backups.Where(backup => backup.Info?.Timeline == timeline.Timeline).OrderBy(backup => backup.State == BackupState.Usable))
        {
            if (backup.Info?.BeginWal is { } begin && axis.Contains(begin.Number(catalog.SegmentSize)))
            {
                bar[axis.Column(begin.Number(catalog.SegmentSize))] = backup.State == BackupState.Usable ? Usable : Unusable;
            }
        }

        return new string(bar);
    }

    private static string Describe(TimelineCoverage timeline)
    {
        var segments = timeline.Coverage.Runs.Aggregate(0UL, (sum, run) => sum + run.Count);
        var missing = timeline.Gaps.Aggregate(0UL, (sum, gap) => sum + gap.Count);
        var text = string.Create(CultureInfo.InvariantCulture, $"{segments} {(segments == 1 ? "segment" : "segments")}");
        text += missing > 0 ? string.Create(CultureInfo.InvariantCulture, $", {missing} missing") : "";
        return text + (timeline.Parent is { } parent ? $", from {parent.SwitchLsn}" : "");
    }

    private sealed record Axis(ulong First, ulong Last, int Columns)
    {
        public bool Contains(ulong number) => number >= First && number <= Last;

        public int Column(ulong number) => (int)((number - First) * (ulong)Columns / (Last - First + 1));

        public Range Range(ulong first, ulong last) => Column(first)..(Column(last) + 1);
    }
}
