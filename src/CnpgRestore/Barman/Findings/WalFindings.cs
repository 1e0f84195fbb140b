using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;

namespace CnpgRestore.Barman.Findings;

/// <summary>What is odd about the objects in <c>wals/</c>.</summary>
static class WalFindings
{
    public static IEnumerable<Finding> Of(BackupCatalog catalog, WalArchive archive)
    {
        foreach (var timeline in RecoveryWindow.CoverTimelines(catalog, archive))
        {
            foreach (var gap in timeline.Gaps)
            {
                yield return Gap(catalog, gap);
            }
        }

        foreach (var partial in archive.Partials)
        {
            var hides = archive.Coverage(partial.Segment.Timeline, catalog.SegmentSize).Contains(partial.Segment);
            yield return hides
                ? new(FindingSeverity.Warning, "partial-hides-segment", $"{partial.File.Object.Key.Name} lies beside the whole segment, and barman-cloud-wal-restore may take it instead")
                : new(FindingSeverity.Note, "partial-segment", $"{partial.File.Object.Key.Name} is what timeline {partial.Segment.Timeline} left when another was promoted");
        }

        if (archive.InArchiveClass is { Count: > 0 } archived)
        {
            yield return Tally(
                FindingSeverity.Warning,
                "segment-in-archive-class",
                "segments lie in a storage class such as GLACIER, from which no recovery can read before they are restored (aws s3api restore-object)",
                archived);
        }

        if (archive.DoublyCompressed is { Count: > 0 } doubled)
        {
            yield return Tally(FindingSeverity.Error, "doubly-compressed", "objects are compressed twice, so barman does not find them", doubled);
        }

        if (archive.Duplicates is { Count: > 0 } duplicates)
        {
            yield return Tally(FindingSeverity.Warning, "duplicate-segment", "segments are there in more than one compression; barman takes the compressed one, whatever is in it", duplicates);
        }

        if (archive.Strays is { Count: > 0 } strays)
        {
            yield return Tally(FindingSeverity.Note, "stray-object", "objects in wals/ have names, or lie in places, that barman does not read", strays);
        }

        if (archive.WalLikeCount > 0)
        {
            yield return new Finding(
                FindingSeverity.Note,
                "archive-not-empty",
                "a new cluster cannot archive here: barman-cloud-check-wal-archive says 'Expected empty archive'",
                $"{archive.WalLikeCount} objects in {catalog.Folder.Wals}");
        }
    }

    /// <summary>What the contents of the last segments say, where all else goes by names.</summary>
    public static IEnumerable<Finding> Of(RecoveryWindow window) =>
        from span in window.Spans
        let damage = span.Tail.Damage
        where damage is not null
        select new Finding(
            FindingSeverity.Warning,
            "damaged-segment",
            damage,
            $"recovery from base backup {span.Backups[^1].Id}{(span.Backups.Count > 1 ? " or an older one" : "")} fails there, or ends early; a target before it can still be reached");

    private static Finding Gap(BackupCatalog catalog, WalGap gap)
    {
        var count = gap.Count == 1 ? $"WAL segment {gap.First} is missing" : $"{gap.Count} WAL segments are missing, from {gap.First} to {gap.Last}";
        var number = gap.First.Number(catalog.SegmentSize);
        var cut = catalog.Usable.LastOrDefault(backup => backup.Extent is { } extent && extent.EndWal.Number(extent.SegmentSize) < number);
        return cut is null
            ? new Finding(FindingSeverity.Note, "wal-gap", count, "no usable base backup is older, so no recovery reads them")
            : new Finding(FindingSeverity.Error, "wal-gap", count, $"recovery from base backup {cut.Id} or an older one ends there, and without a target it does so silently");
    }

    private static Finding Tally(FindingSeverity severity, string kind, string text, NameTally tally)
    {
        var more = tally.Count > tally.Examples.Count ? ", ..." : "";
        return new Finding(severity, kind, text, $"{tally.Count}: {string.Join(", ", tally.Examples)}{more}");
    }
}
