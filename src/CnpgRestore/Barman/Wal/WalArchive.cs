using CnpgRestore.Compression;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>
/// What the <c>wals/</c> folder of a server holds. Segments are kept as runs, so that the memory grows with the number of gaps and not with
/// the number of segments.
/// </summary>
public sealed class WalArchive
{
    private readonly Dictionary<TimelineId, List<WalShardRun>> _runs = [];
    private readonly Dictionary<TimelineId, List<WalShardRun>> _inArchiveClass = [];
    private readonly Dictionary<TimelineId, TimelineHistory> _histories = [];
    private readonly Dictionary<TimelineId, ArchivedFile> _historyFiles = [];

    private WalArchive()
    {
    }

    /// <summary>Those with at least one whole segment, in rising order.</summary>
    public IReadOnlyList<TimelineId> Timelines => _runs.Keys.Order().ToList();

    public IReadOnlyDictionary<TimelineId, TimelineHistory> Histories => _histories;

    /// <summary>The objects behind <see cref="Histories"/>, and those that cannot be parsed.</summary>
    public IReadOnlyDictionary<TimelineId, ArchivedFile> HistoryFiles => _historyFiles;

    public long SegmentCount { get; private set; }

    /// <summary>Everything below <c>wals/</c>, as stored.</summary>
    public ByteSize Size { get; private set; }

    /// <summary>The segment, or part of one, that was written last.</summary>
    public StoredObject? Newest { get; private set; }

    /// <summary>Objects that make <c>barman-cloud-check-wal-archive</c> say "Expected empty archive".</summary>
    public long WalLikeCount { get; private set; }

    public IReadOnlyList<ArchivedPartial> Partials { get; private set; } = [];

    /// <summary>Segments and histories that are there in more than one compression.</summary>
    public NameTally Duplicates { get; } = new();

    /// <summary>Names such as <c>X.gz.gz</c>, which barman never finds.</summary>
    public NameTally DoublyCompressed { get; } = new();

    /// <summary>Other names that barman does not know, or segments in a folder where barman does not look for them.</summary>
    public NameTally Strays { get; } = new();

    /// <summary>Segments in a storage class from which nothing can be read at once, such as GLACIER. A listing says the same of one that was restored for some days.</summary>
    public NameTally InArchiveClass { get; } = new();

    /// <summary>History files that PostgreSQL would refuse.</summary>
    public NameTally DamagedHistories { get; } = new();

    /// <summary>As <see cref="ScanAsync(IObjectStore, ServerFolder, TimeProvider, CancellationToken)"/>, by the system's clock.</summary>
    public static Task<WalArchive> ScanAsync(IObjectStore store, ServerFolder folder, CancellationToken ct) => ScanAsync(store, folder, TimeProvider.System, ct);

    /// <summary>Looks a few times where a living server seems to be in the middle of uploading.</summary>
    public static async Task<WalArchive> ScanAsync(IObjectStore store, ServerFolder folder, TimeProvider clock, CancellationToken ct)
    {
        var archive = new WalArchive();
        var newest = new NewestLevels(clock);
        await foreach (var level in store.WalkAsync(folder.Wals, ct))
        {
            if (newest.Keep(level) is { } settled)
            {
                archive.Take(settled);
            }
        }

        foreach (var level in await newest.SettleAsync(store, ct))
        {
            archive.Take(level);
        }

        await archive.ReadHistoriesAsync(store, ct);
        return archive;
    }

    public WalCoverage Coverage(TimelineId timeline, WalSegmentSize size) => Join(_runs, timeline, size);

    /// <summary>Those of a timeline that <see cref="InArchiveClass"/> counts.</summary>
    public WalCoverage CoverageInArchiveClass(TimelineId timeline, WalSegmentSize size) => Join(_inArchiveClass, timeline, size);

    private static WalCoverage Join(Dictionary<TimelineId, List<WalShardRun>> shards, TimelineId timeline, WalSegmentSize size)
    {
        var perLog = size.SegmentsPerLog;
        var runs = shards.GetValueOrDefault(timeline, [])
            .Where(run => run.First < perLog)
            .Select(run => new WalRun((run.Log * perLog) + run.First, (run.Log * perLog) + Math.Min(run.Last, perLog - 1)));
        return new WalCoverage(timeline, size, runs);
    }

    /// <summary>The history of a timeline as PostgreSQL takes it: without a file it has no ancestors.</summary>
    public TimelineHistory HistoryOf(TimelineId timeline) => _histories.GetValueOrDefault(timeline) ?? TimelineHistory.WithoutAncestors(timeline);

    private void Take(FolderLevel level)
    {
        var scan = new WalShardScan(level.Prefix);
        foreach (var item in level.Objects)
        {
            scan.Add(item);
        }

        foreach (var run in scan.Runs())
        {
            Add(_runs, run);
            SegmentCount += (long)(run.Last - run.First) + 1;
        }

        foreach (var run in scan.RunsInArchiveClass())
        {
            Add(_inArchiveClass, run);
        }

        foreach (var (timeline, file) in scan.Histories)
        {
            if (file.IsReadBefore(_historyFiles.GetValueOrDefault(timeline)))
            {
                _historyFiles[timeline] = file;
            }
        }

        Partials = [.. Partials, .. scan.Partials];
        WalLikeCount += scan.WalLikeCount;
        Size += scan.Size;
        Newest = scan.Newest is { } newest && (Newest is null || newest.LastModified > Newest.LastModified) ? newest : Newest;
        Duplicates.Add(scan.Duplicates);
        DoublyCompressed.Add(scan.DoublyCompressed);
        Strays.Add(scan.Strays);
        InArchiveClass.Add(scan.InArchiveClass);
    }

    private static void Add(Dictionary<TimelineId, List<WalShardRun>> shards, WalShardRun run)
    {
        if (!shards.TryGetValue(run.Timeline, out var runs))
        {
            shards.Add(run.Timeline, runs = []);
        }

        runs.Add(run);
    }

    private async Task ReadHistoriesAsync(IObjectStore store, CancellationToken ct)
    {
        foreach (var (timeline, file) in _historyFiles)
        {
            if (await ReadHistoryAsync(store, timeline, file, ct) is { } history)
            {
                _histories.Add(timeline, history);
            }
            else
            {
                DamagedHistories.Add(file.Object.Key.Name);
            }
        }
    }

    private static async Task<TimelineHistory?> ReadHistoryAsync(IObjectStore store, TimelineId timeline, ArchivedFile file, CancellationToken ct)
    {
        try
        {
#pragma warning disable CA2000 // The decompression that comes back owns it.
            using var reader = new StreamReader(await Decompression.OpenAsync(WholeObjectStream.Open(store, file.Object), file.Compression, ct));
#pragma warning restore CA2000
            return TimelineHistory.TryParse(timeline, await reader.ReadToEndAsync(ct));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
