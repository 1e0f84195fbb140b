using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Findings;

/// <summary>What is odd about the timelines and their histories.</summary>
static class TimelineFindings
{
    public static IEnumerable<Finding> Of(BackupCatalog catalog, WalArchive archive)
    {
        if (archive.DamagedHistories is { Count: > 0 } damaged)
        {
            yield return new Finding(FindingSeverity.Error, "damaged-history", "PostgreSQL refuses these history files", string.Join(", ", damaged.Examples));
        }

        foreach (var timeline in archive.HistoryFiles.Keys.Where(timeline => !archive.Timelines.Contains(timeline)).Order())
        {
            yield return new Finding(
                FindingSeverity.Warning,
                "future-timeline",
                $"timeline {timeline} has a history file and not one WAL segment",
                "recovery follows it and ends where it forked off; normal for some minutes after a promotion, a leftover otherwise");
        }

        foreach (var timeline in archive.Timelines.Where(timeline => timeline.Value > 1 && !archive.HistoryFiles.ContainsKey(timeline)))
        {
            yield return new Finding(
                FindingSeverity.Warning, "missing-history", $"timeline {timeline} has WAL segments and no {timeline.Hex}.history, so recovery never gets from an older timeline to it");
        }

        foreach (var finding in Disagreements(archive).Concat(Overlaps(catalog, archive)).Concat(DeadBranches(catalog, archive)))
        {
            yield return finding;
        }
    }

    /// <summary>What one history says of an ancestor, the ancestor's own history must say too.</summary>
    private static IEnumerable<Finding> Disagreements(WalArchive archive)
    {
        foreach (var history in archive.Histories.Values.OrderBy(history => history.Timeline))
        {
            for (var index = 0; index < history.Ancestors.Count; index++)
            {
                var ancestor = history.Ancestors[index];
                if (!archive.Histories.TryGetValue(ancestor.Timeline, out var own))
                {
                    continue;
                }

                var said = history.Ancestors.Take(index).Select(entry => (entry.Timeline, entry.SwitchLsn));
                if (!said.SequenceEqual(own.Ancestors.Select(entry => (entry.Timeline, entry.SwitchLsn))))
                {
                    yield return new Finding(
                        FindingSeverity.Error,
                        "mixed-histories",
                        $"{history.Timeline.Hex}.history and {own.Timeline.Hex}.history disagree about their ancestors: two lives of a database share this folder",
                        $"{OneLine(history)} against {OneLine(own)}");
                }
            }
        }
    }

    /// <summary>A timeline that went on after another had forked off: two primaries, or a recovery to an earlier point into the same folder.</summary>
    private static IEnumerable<Finding> Overlaps(BackupCatalog catalog, WalArchive archive)
    {
        var size = catalog.SegmentSize;
        foreach (var history in archive.Histories.Values.OrderBy(history => history.Timeline))
        {
            if (history.Parent is not { } parent || archive.Coverage(parent.Timeline, size) is not { Runs: [.., var last] } coverage ||
                last.Last <= parent.SwitchLsn.Value / size.Bytes)
            {
                continue;
            }

            yield return new Finding(
                FindingSeverity.Warning,
                "overlapping-timelines",
                $"timeline {parent.Timeline} goes on to {coverage.Name(last.Last)} although timeline {history.Timeline} left it at {parent.SwitchLsn}",
                "what lies behind the fork is not part of a recovery that follows the latest timeline");
        }
    }

    private static IEnumerable<Finding> DeadBranches(BackupCatalog catalog, WalArchive archive)
    {
        foreach (var backup in catalog.Usable)
        {
            if (RecoveryRoute.Find(backup, archive).Refusal is { } refusal)
            {
                yield return new Finding(
                    FindingSeverity.Error, "dead-branch", $"recovery to the latest timeline cannot start from base backup {backup.Id}", refusal);
            }
        }
    }

    private static string OneLine(TimelineHistory history) =>
        $"{history.Timeline}: {string.Join(", ", history.Ancestors.Select(ancestor => $"{ancestor.Timeline} left at {ancestor.SwitchLsn}"))}";
}
