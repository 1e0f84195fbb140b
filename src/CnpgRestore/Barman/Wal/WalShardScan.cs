using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>Sorts the objects of one level below <c>wals/</c>, in whatever order they come.</summary>
sealed class WalShardScan(KeyPrefix level)
{
    // Segment number and compression in one word: four bytes would do for the first, and a shard may hold 4,096 segments.
    private readonly List<ulong> _segments = [];
    private readonly List<WalRun> _archived = [];
    private WalSegmentName _any;

    public Dictionary<TimelineId, ArchivedFile> Histories { get; } = [];

    public List<ArchivedPartial> Partials { get; } = [];

    public NameTally Duplicates { get; } = new();

    public NameTally DoublyCompressed { get; } = new();

    public NameTally Strays { get; } = new();

    public NameTally InArchiveClass { get; } = new();

    public long WalLikeCount { get; private set; }

    public ByteSize Size { get; private set; }

    public StoredObject? Newest { get; private set; }

    public void Add(StoredObject item)
    {
        Size += new ByteSize(item.Size);
        var file = ServerFolder.ParseWalFile(item.Key.Name);
        WalLikeCount += file is WalFile.Stray ? 0 : 1;
        if (!IsAtHome(file))
        {
            Strays.Add($"{level.Name}/{item.Key.Name}");
            return;
        }

        switch (file)
        {
            case WalFile.Segment(var name, var compression):
                _any = name;
                _segments.Add(((ulong)name.Segment << 8) | (byte)compression);
                if (item.ArchiveClass is not null)
                {
                    InArchiveClass.Add(item.Key.Name);
                    _archived.Add(new WalRun(name.Segment, name.Segment));
                }

                TakeNewest(item);
                break;
            case WalFile.Partial(var name, var compression):
                Partials.Add(new ArchivedPartial(name, new ArchivedFile(item, compression)));
                TakeNewest(item);
                break;
            case WalFile.TimelineHistory(var timeline, var compression):
                AddHistory(timeline, new ArchivedFile(item, compression));
                break;
            case WalFile.Stray { DoublyCompressed: true }:
                DoublyCompressed.Add(item.Key.Name);
                break;
            case WalFile.Stray:
                Strays.Add(item.Key.Name);
                break;
        }
    }

    /// <summary>The segments as runs; call it once, when all objects are added.</summary>
    public IEnumerable<WalShardRun> Runs()
    {
        _segments.Sort();
        for (var start = 0; start < _segments.Count;)
        {
            var first = _segments[start] >> 8;
            var last = first;
            for (start++; start < _segments.Count && _segments[start] >> 8 <= last + 1; start++)
            {
                if (_segments[start] >> 8 == last)
                {
                    Duplicates.Add((_any with { Segment = (uint)last }).ToString());
                }

                last = _segments[start] >> 8;
            }

            yield return new WalShardRun(_any.Timeline, _any.Log, first, last);
        }
    }

    /// <summary>Those of them from which nothing can be read at once.</summary>
    public IEnumerable<WalShardRun> RunsInArchiveClass() => WalCoverage.Merge(_archived).Select(run => new WalShardRun(_any.Timeline, _any.Log, run.First, run.Last));

    private bool IsAtHome(WalFile file) => file switch
    {
        WalFile.Segment(var name, _) => ServerFolder.IsWalLevelOf(level, name),
        WalFile.Partial(var name, _) => ServerFolder.IsWalLevelOf(level, name),
        WalFile.BackupHistory(var name, _, _) => ServerFolder.IsWalLevelOf(level, name),
        WalFile.TimelineHistory => !ServerFolder.IsWalLevel(level),
        _ => true,
    };

    private void AddHistory(TimelineId timeline, ArchivedFile file)
    {
        if (Histories.TryGetValue(timeline, out var other))
        {
            Duplicates.Add($"{timeline.Hex}.history");
        }

        if (file.IsReadBefore(other))
        {
            Histories[timeline] = file;
        }
    }

    private void TakeNewest(StoredObject item)
    {
        if (Newest is null || item.LastModified > Newest.LastModified)
        {
            Newest = item;
        }
    }
}
