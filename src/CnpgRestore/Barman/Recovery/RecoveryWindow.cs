using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Barman.Recovery;

/// <summary>What can be brought back: stretches of time, and the WAL of each timeline.</summary>
/// <param name="Spans">Oldest first; more than one where a gap lies between backups. Empty where nothing can be restored.</param>
/// <param name="Timelines">In rising order: those with segments and those with a history file only.</param>
public sealed record RecoveryWindow(IReadOnlyList<RecoverySpan> Spans, IReadOnlyList<TimelineCoverage> Timelines)
{
    /// <summary>Downloads the last segment of each span, and nothing else.</summary>
    /// <param name="catalog">Judged with the same archive.</param>
    public static async Task<RecoveryWindow> ReadAsync(IObjectStore store, BackupCatalog catalog, WalArchive archive, CancellationToken ct)
    {
        var spans = new List<RecoverySpan>();
        foreach (var group in Routes(catalog, archive).GroupBy(route => route.Path!.LastSegment))
        {
            var oldest = group.First();
            var tail = await LastCommit.FindAsync(store, catalog.Folder, oldest.Path!, ct);
            spans.Add(new RecoverySpan(group.Select(route => route.Path!.Backup).ToList(), oldest, oldest.Path!, tail));
        }

        return new RecoveryWindow(spans, CoverTimelines(catalog, archive));
    }

    /// <summary>The routes of the usable backups that recovery can start from, oldest first; each has a path.</summary>
    public static IEnumerable<RecoveryRoute> Routes(BackupCatalog catalog, WalArchive archive) =>
        catalog.Usable.Select(backup => RecoveryRoute.Find(backup, archive)).Where(route => route.Path is not null);

    public static IReadOnlyList<TimelineCoverage> CoverTimelines(BackupCatalog catalog, WalArchive archive)
    {
        var size = catalog.SegmentSize;
        return archive.Timelines.Union(archive.HistoryFiles.Keys).Order()
            .Select(timeline => new TimelineCoverage(timeline, archive.HistoryOf(timeline).Parent, archive.Coverage(timeline, size)))
            .ToList();
    }
}
