using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>
/// The end of each timeline, kept back until it can be believed. With <c>wal.maxParallel</c> a living server uploads several segments at a time,
/// and a listing may show one of them before its predecessor: that is no gap, and is gone at the next look.
/// </summary>
sealed class NewestLevels(TimeProvider clock)
{
    /// <summary>The last one, and the one before it: the missing segment may be the last of its level.</summary>
    private const int Kept = 2;

    private const int MostLooks = 3;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    /// <summary>
    /// CNPG's archive_timeout: what is missing in front of an older segment does not come any more. A time far ahead of this machine's clock says
    /// nothing of now.
    /// </summary>
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(5);

    private readonly Dictionary<TimelineId, SortedList<uint, FolderLevel>> _newest = [];

    /// <returns>What need not be kept back: this level, or an older one in whose place it is kept; null where nothing falls out.</returns>
    public FolderLevel? Keep(FolderLevel level)
    {
        if (!ServerFolder.TryParseWalLevel(level.Prefix, out var timeline, out var log))
        {
            return level;
        }

        if (!_newest.TryGetValue(timeline, out var levels))
        {
            _newest.Add(timeline, levels = []);
        }

        // Two spellings of one level, in capitals and without, are two levels.
        if (!levels.TryAdd(log, level))
        {
            return level;
        }

        if (levels.Count <= Kept)
        {
            return null;
        }

        var oldest = levels.Values[0];
        levels.RemoveAt(0);
        return oldest;
    }

    /// <summary>Those that were kept back. Where a young segment has no predecessor they are listed again, up to three times.</summary>
    public async Task<IReadOnlyList<FolderLevel>> SettleAsync(IObjectStore store, CancellationToken ct)
    {
        foreach (var levels in _newest.Values)
        {
            for (var look = 0; look < MostLooks && HasYoungGap(levels.Values); look++)
            {
                await Task.Delay(BetweenLooks, clock, ct);
                foreach (var (log, level) in levels.ToList())
                {
                    levels[log] = await store.ListLevelAsync(level.Prefix, ct);
                }
            }
        }

        return [.. _newest.Values.SelectMany(levels => levels.Values)];
    }

    private bool HasYoungGap(IEnumerable<FolderLevel> levels)
    {
        var now = clock.GetUtcNow();
        WalSegmentName? before = null;
        foreach (var (segment, written) in levels.SelectMany(Segments))
        {
            if (before is { } earlier && !Follows(earlier, segment) && (now - written).Duration() < Young)
            {
                return true;
            }

            before = segment;
        }

        return false;
    }

    private static IEnumerable<(WalSegmentName Name, DateTimeOffset Written)> Segments(FolderLevel level) =>
        from item in level.Objects
        let file = ServerFolder.ParseWalFile(item.Key.Name) as WalFile.Segment
        where file is not null && ServerFolder.IsWalLevelOf(level.Prefix, file.Name)
        orderby file.Name.Segment
        select (file.Name, item.LastModified);

    // The size of the segments is not known here: a level may end with any number of ones (...0FF with 16 MiB), and with nothing else.
    private static bool Follows(WalSegmentName before, WalSegmentName segment) => segment.Log == before.Log
        ? segment.Segment <= before.Segment + 1
        : segment.Log == before.Log + 1 && segment.Segment == 0 && (before.Segment & (before.Segment + 1)) == 0;
}
