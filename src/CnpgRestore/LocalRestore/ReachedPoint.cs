using CnpgRestore.Barman.Recovery;
using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>Where the recovery really ended, as the promoted server's own timeline history records it.</summary>
/// <param name="Lsn">The end of the last replayed record; the old timeline was left here.</param>
/// <param name="Timeline">The timeline that was replayed last.</param>
/// <param name="NewTimeline">The one that the promotion opened.</param>
/// <param name="Reason">PostgreSQL's words in the history file: <c>no recovery target specified</c>.</param>
/// <param name="LastTransaction">When the last replayed transaction ended; null where none was replayed.</param>
public sealed record ReachedPoint(
    SystemIdentifier SystemIdentifier, Lsn Lsn, TimelineId Timeline, TimelineId NewTimeline, string Reason, DateTimeOffset? LastTransaction)
{
    /// <summary>
    /// Whether this is what was asked for. Without a target, it must be the end of the archive: PostgreSQL also opens early, and says nothing. The first
    /// byte of the last segment is where a replay ends that did not get it. There is no upper bound: a living server archives more while the replay runs.
    /// An older timeline than that of the last segment goes its own way, however far it goes. With a target, PostgreSQL says at which one it stopped: a
    /// recovery that was told none went past it.
    /// </summary>
    public Check Against(RecoveryTarget target, RecoveryPath path)
    {
        var hadTarget = Reason != "no recovery target specified";
        var passed = target switch
        {
            RecoveryTarget.Latest => Lsn > path.LastSegment.FirstLsn(path.Extent.SegmentSize) && Timeline >= path.LastSegment.Timeline,
            RecoveryTarget.Lsn { Inclusive: true } lsn => hadTarget && Lsn > lsn.Position,
            RecoveryTarget.Lsn lsn => hadTarget && Lsn <= lsn.Position,
            RecoveryTarget.Time time => hadTarget && (LastTransaction is null || LastTransaction <= time.Moment.Moment),
            _ => hadTarget,
        };
        var last = LastTransaction is { } moment ? $", last transaction {moment.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}" : "";
        var asked = target is RecoveryTarget.Latest ? $"the end of the archive, {path.LastSegment} up to {path.EndLsn}" : target.ToString();
        return new Check("reached what was asked for", passed, $"asked for {asked}; reached {Lsn} on timeline {Timeline}{last} ({Reason})");
    }
}
