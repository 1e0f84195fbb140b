using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Recovery;

/// <summary>
/// How far recovery comes from one base backup with <c>recovery_target_timeline = latest</c>, PostgreSQL's default and the only way CNPG uses
/// unless told otherwise.
/// </summary>
/// <param name="Path">All that can be replayed; null where recovery cannot even start.</param>
/// <param name="Gap">The first missing segment, where the archive goes on behind it; null where the path ends because the archive does.</param>
/// <param name="Refusal">Why recovery cannot start, as one clause.</param>
public sealed record RecoveryRoute(BaseBackup Backup, RecoveryPath? Path, WalSegmentName? Gap, string? Refusal)
{
    public static RecoveryRoute Find(BaseBackup backup, WalArchive archive)
    {
        if (backup.State != BackupState.Usable || backup.Extent is not { } extent)
        {
            return new RecoveryRoute(backup, Path: null, Gap: null, backup.Why);
        }

        var newest = NewestTimeline(extent.Timeline, archive);
        if (newest > extent.Timeline && !archive.Histories.ContainsKey(newest))
        {
            return new RecoveryRoute(backup, Path: null, Gap: null, $"{newest.Hex}.history cannot be understood");
        }

        var history = archive.HistoryOf(newest);
        if (history.TimelineAt(extent.BeginLsn) != extent.Timeline || history.TimelineAt(new Lsn(extent.EndLsn.Value - 1)) != extent.Timeline)
        {
            return new RecoveryRoute(backup, Path: null, Gap: null, Branch(extent, history));
        }

        return Walk(backup, extent, history, archive);
    }

    /// <summary>PostgreSQL's <c>findNewestTimeLine</c>: asks for the next history file until there is none.</summary>
    private static TimelineId NewestTimeline(TimelineId start, WalArchive archive)
    {
        var newest = start;
        while (archive.HistoryFiles.ContainsKey(newest.Next))
        {
            newest = newest.Next;
        }

        return newest;
    }

    private static string Branch(BackupExtent extent, TimelineHistory history) => history.SwitchLsnOf(extent.Timeline) is { } left
        ? $"timeline {history.Timeline} left timeline {extent.Timeline} at {left}, before the end of the backup at {extent.EndLsn}"
        : $"timeline {history.Timeline} does not descend from timeline {extent.Timeline}";

    private static RecoveryRoute Walk(BaseBackup backup, BackupExtent extent, TimelineHistory history, WalArchive archive)
    {
        var size = extent.SegmentSize;
        var legs = new List<WalLeg>();
        WalSegmentName? missing = null;
        var continues = false;
        var next = extent.BeginWal.Number(size);
        foreach (var timeline in history.Ancestors.Select(ancestor => ancestor.Timeline).Append(history.Timeline).SkipWhile(timeline => timeline < extent.Timeline))
        {
            var coverage = archive.Coverage(timeline, size);
            var first = coverage.Name(next);
            var switchLsn = history.SwitchLsnOf(timeline);

            // The segment with the switch point is read from the newer timeline, whose copy holds the older one's records up to that point
            // (XLogFileReadAnyTLI in src/backend/access/transam/xlogrecovery.c).
            var end = switchLsn is { } lsn ? lsn.Value / size.Bytes : ulong.MaxValue;
            if (end <= next)
            {
                continue;
            }

            next = end;
            if (missing is not null)
            {
                continues |= coverage.HasAny(first.Number(size), end);
                continue;
            }

            var last = coverage.LastUnbroken(first);
            var reached = last is { } name && name.Number(size) >= end - 1 ? coverage.Name(end - 1) : last;
            if (reached is { } reachedName)
            {
                legs.Add(new WalLeg(first, reachedName, switchLsn));
            }

            if (reached is null || reached.Value.Number(size) != end - 1)
            {
                missing = reached?.Next(size) ?? first;
                continues = coverage.HasAny(missing.Value.Number(size), end);
            }
        }

        return legs.Count == 0
            ? new RecoveryRoute(backup, Path: null, missing, $"WAL segment {missing} is missing")
            : new RecoveryRoute(backup, new RecoveryPath(backup, extent, history, legs), continues ? missing : null, Refusal: null);
    }
}
