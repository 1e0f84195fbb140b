using CnpgRestore.LocalRestore;

namespace CnpgRestore.Cli.Output;

/// <summary>The picture of a drill as inline SVG: base backup, WAL of each timeline, what was asked for, and what would have been lost. Not to scale.</summary>
static class DrillTimeline
{
    private const int Left = 20;
    private const int Width = 920;
    private const int Top = 64;
    private const int BarHeight = 34;
    private const int BaseWidth = 180;
    private const int GapWidth = 300;
    private const int NotReplayedWidth = 160;

    public static void AddTo(HtmlText page, DrillResult result)
    {
        var reachesEnd = result.Path.LastSegment == result.Whole.LastSegment && result.Reached.Lsn >= result.Whole.LastSegment.FirstLsn(result.Path.Extent.SegmentSize);
        var gap = Left + Width - GapWidth;
        var reached = reachesEnd ? gap : gap - NotReplayedWidth;
        page.Add($"""<svg viewBox="0 0 {Left + Width + Left} 168" role="img" aria-label="Timeline of the recovery"><defs><pattern id="lost" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" fill="#fff"/><rect width="3" height="8" fill="#d9a3a3"/></pattern></defs>""");
        AddBar(page, Left, BaseWidth, "#33658a", "base backup");
        AddLegs(page, result, Left + BaseWidth, reached - Left - BaseWidth);
        if (!reachesEnd)
        {
            AddBar(page, reached, NotReplayedWidth, "#b8c4cc", "WAL, not asked for");
        }

        page.Add($"""<rect x="{gap}" y="{Top}" width="{GapWidth}" height="{BarHeight}" fill="url(#lost)" stroke="#d9a3a3"/><text x="{gap + (GapWidth / 2)}" y="{Top - 10}" class="mid lost">not in the archive: {DrillText.Age(result.RecoveryPoint)}</text>""");
        AddMoment(page, Left, "start", result.Path.Extent.BeginTime, result.Path.Extent.BeginLsn.ToString());
        AddMoment(page, Left + BaseWidth, "start", result.Path.Extent.EndTime, $"consistent at {result.Path.Extent.EndLsn}");
        AddMoment(page, gap, "start", result.LastReachable.Moment, $"archive ends at {result.Whole.EndLsn}");
        AddMoment(page, Left + Width, "end", result.Started, "drill");
        page.Add($"""<path d="M{reached} {Top - 24} v{BarHeight + 30}" class="reached"/><text x="{reached - 8}" y="{Top - 28}" class="end strong">reached {result.Reached.Lsn}</text></svg>""");
    }

    private static void AddLegs(HtmlText page, DrillResult result, int x, int width)
    {
        var legs = result.Path.Legs.Where(leg => leg.First.FirstLsn(result.Path.Extent.SegmentSize) < result.Reached.Lsn).ToList();
        for (var i = 0; i < legs.Count; i++)
        {
            var (from, to) = (width * i / legs.Count, width * (i + 1) / legs.Count);
            AddBar(page, x + from, to - from, i % 2 == 0 ? "#2f7f5f" : "#4c9f70", $"timeline {legs[i].Timeline}");
        }
    }

    private static void AddBar(HtmlText page, int x, int width, string color, string label) =>
        page.Add($"""<rect x="{x}" y="{Top}" width="{width}" height="{BarHeight}" fill="{color}" stroke="#fff"/><text x="{x + (width / 2)}" y="{Top + 22}" class="mid label">{label}</text>""");

    private static void AddMoment(HtmlText page, int x, string anchor, DateTimeOffset moment, string note) =>
        page.Add($"""<path d="M{x} {Top + BarHeight} v10" class="tick"/><text x="{x}" y="{Top + BarHeight + 26}" class="{anchor} small">{DrillText.Moment(moment)}</text><text x="{x}" y="{Top + BarHeight + 44}" class="{anchor} small faint">{note}</text>""");
}
