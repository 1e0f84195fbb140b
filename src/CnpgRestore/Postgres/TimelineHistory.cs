using System.Globalization;
using System.Text;

namespace CnpgRestore.Postgres;

/// <summary>
/// A parsed <c>0000000N.history</c> file: the ancestors of timeline N, oldest first, each with the LSN at which the next one forked off.
/// The rules are those of PostgreSQL's <c>readTimeLineHistory</c> (src/backend/access/transam/timeline.c).
/// </summary>
public sealed class TimelineHistory
{
    private TimelineHistory(TimelineId timeline, IReadOnlyList<TimelineAncestor> ancestors)
    {
        Timeline = timeline;
        Ancestors = ancestors;
    }

    public TimelineId Timeline { get; }

    /// <summary>Oldest first; the numbers rise.</summary>
    public IReadOnlyList<TimelineAncestor> Ancestors { get; }

    public TimelineAncestor? Parent => Ancestors.Count == 0 ? null : Ancestors[^1];

    /// <summary>A timeline without a history file, as PostgreSQL takes it: it has no ancestors.</summary>
    public static TimelineHistory WithoutAncestors(TimelineId timeline) => new(timeline, []);

    /// <summary>
    /// Reads lines of <c>parent TAB switch-LSN TAB reason</c>; <c>#</c> starts a comment line. Null where PostgreSQL would refuse the file:
    /// a line of another form, numbers that do not rise, or an ancestor that is not older than the timeline itself.
    /// </summary>
    public static TimelineHistory? TryParse(TimelineId timeline, string text)
    {
        var ancestors = new List<TimelineAncestor>();
        foreach (var line in text.Split('\n'))
        {
            var trimmed = line.Trim();
            if (trimmed.Length == 0 || trimmed[0] == '#')
            {
                continue;
            }

            var fields = trimmed.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 2 || !TimelineId.TryParse(fields[0], CultureInfo.InvariantCulture, out var parent) ||
                !Lsn.TryParse(fields[1], CultureInfo.InvariantCulture, out var switchLsn) ||
                (ancestors.Count > 0 && parent <= ancestors[^1].Timeline) || parent >= timeline)
            {
                return null;
            }

            ancestors.Add(new TimelineAncestor(parent, switchLsn, fields.Length > 2 ? fields[2] : ""));
        }

        return new TimelineHistory(timeline, ancestors);
    }

    /// <summary>
    /// Where a promotion left the timeline before it, from the history file that it wrote. Not the whole file is always a history: the last line
    /// repeats its parent's number where recovery stopped on an ancestor.
    /// </summary>
    public static TimelineAncestor? LastFork(TimelineId timeline, string text) => Fork(timeline, text, int.MaxValue);

    /// <summary>The same for an earlier promotion: the one that left a timeline with so many ancestors. Later ones have written more lines below.</summary>
    public static TimelineAncestor? Fork(TimelineId timeline, string text, int ancestors)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? null : TryParse(timeline, lines[Math.Min(ancestors, lines.Length - 1)])?.Parent;
    }

    /// <summary>The timeline that holds the record at <paramref name="lsn"/> (PostgreSQL's <c>tliOfPointInHistory</c>).</summary>
    public TimelineId TimelineAt(Lsn lsn)
    {
        foreach (var ancestor in Ancestors)
        {
            if (lsn < ancestor.SwitchLsn)
            {
                return ancestor.Timeline;
            }
        }

        return Timeline;
    }

    /// <summary>Where <paramref name="timeline"/> was left: null for this timeline itself and for one that is no ancestor.</summary>
    public Lsn? SwitchLsnOf(TimelineId timeline)
    {
        foreach (var ancestor in Ancestors)
        {
            if (ancestor.Timeline == timeline)
            {
                return ancestor.SwitchLsn;
            }
        }

        return null;
    }

    /// <summary>The file's text as PostgreSQL writes it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var ancestor in Ancestors)
        {
            text.Append(CultureInfo.InvariantCulture, $"{ancestor.Timeline}\t{ancestor.SwitchLsn}\t{ancestor.Reason}\n");
        }

        return text.ToString();
    }
}

/// <summary>One line of a history file: <paramref name="Timeline"/> was left at <paramref name="SwitchLsn"/>, the first byte that belongs to its child.</summary>
public readonly record struct TimelineAncestor(TimelineId Timeline, Lsn SwitchLsn, string Reason);
