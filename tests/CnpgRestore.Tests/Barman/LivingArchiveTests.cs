using CnpgRestore.Barman;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Barman;

/// <summary>A server that uploads several segments at a time: one of them is listed before its predecessor.</summary>
public sealed class LivingArchiveTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly ServerFolder Folder = ServerFolder.Named("s");

    [Fact]
    public async Task A_segment_that_is_still_under_way_is_waited_for()
    {
        var store = new UploadingStore(Now.AddSeconds(-1), [1, 2, 3, 5], late: 4, fromLook: 3);
        var clock = new SwiftClock();

        var archive = await ScanAsync(store, clock);

        Assert.Equal([new WalRun(1, 5)], archive.Coverage(new TimelineId(1), WalSegmentSize.Default).Runs);
        Assert.Equal((5, 3), (archive.SegmentCount, store.Looks));
        Assert.Equal([TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)], clock.Waits);
    }

    [Theory]
    [InlineData(254, 256)]
    [InlineData(255, 256)]
    [InlineData(256, 257)]
    public async Task It_may_be_the_last_or_the_first_of_its_level(int late, int last)
    {
        var store = new UploadingStore(Now.AddSeconds(-1), [.. Enumerable.Range(250, last - 249).Except([late])], late, fromLook: 2);

        var archive = await ScanAsync(store, new SwiftClock());

        Assert.Equal([new WalRun(250, (ulong)last)], archive.Coverage(new TimelineId(1), WalSegmentSize.Default).Runs);
    }

    [Fact]
    public async Task What_never_comes_is_a_gap_after_three_more_looks()
    {
        var store = new UploadingStore(Now.AddSeconds(-1), [1, 2, 3, 5], late: 4, fromLook: int.MaxValue);
        var clock = new SwiftClock();

        var archive = await ScanAsync(store, clock);

        Assert.Equal([new WalRun(1, 3), new WalRun(5, 5)], archive.Coverage(new TimelineId(1), WalSegmentSize.Default).Runs);
        Assert.Equal((4, 3), (store.Looks, clock.Waits.Count));
    }

    /// <summary>The clock of the store may be a little ahead; far ahead it tells nothing.</summary>
    [Theory]
    [InlineData(-299, true)]
    [InlineData(-300, false)]
    [InlineData(60, true)]
    [InlineData(86_400, false)]
    public async Task An_old_gap_costs_no_time(int age, bool isWaitedFor)
    {
        var store = new UploadingStore(Now.AddSeconds(age), [1, 2, 3, 5], late: 4, fromLook: int.MaxValue);
        var clock = new SwiftClock();

        await ScanAsync(store, clock);

        Assert.Equal(isWaitedFor, clock.Waits.Count > 0);
    }

    [Fact]
    public async Task An_archive_without_gaps_is_listed_once()
    {
        var store = new UploadingStore(Now.AddSeconds(-1), [.. Enumerable.Range(3, 1000)], late: 2000, fromLook: int.MaxValue);
        var clock = new SwiftClock();

        var archive = await ScanAsync(store, clock);

        Assert.Equal((1000, 1), (archive.SegmentCount, store.Looks));
        Assert.Empty(clock.Waits);
    }

    private static Task<WalArchive> ScanAsync(IObjectStore store, TimeProvider clock) => WalArchive.ScanAsync(store, Folder, clock, TestContext.Current.CancellationToken);

    /// <summary>Stands still, and every wait is over at once.</summary>
    private sealed class SwiftClock : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero)
            {
                Waits.Add(dueTime);
            }

            return base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : dueTime, period);
        }
    }

    /// <summary>Segments of the first timeline, one of which is shown from a certain listing of its level on.</summary>
    private sealed class UploadingStore(DateTimeOffset written, IReadOnlyList<int> numbers, int late, int fromLook) : ListedStore("s3://living")
    {
        private readonly Dictionary<KeyPrefix, int> _looks = [];

        /// <summary>The most that a level was listed.</summary>
        public int Looks => _looks.Values.Max();

        public override Task<FolderLevel> ListLevelAsync(KeyPrefix prefix, CancellationToken ct)
        {
            var names = numbers.Append(late).Select(number => WalSegmentName.FromNumber(new TimelineId(1), (ulong)number, WalSegmentSize.Default)).ToList();
            if (prefix == Folder.Wals)
            {
                return Task.FromResult(new FolderLevel(prefix, [.. names.SkipLast(1).Select(Folder.WalLevel).Distinct()], []));
            }

            lock (_looks)
            {
                var look = _looks[prefix] = _looks.GetValueOrDefault(prefix) + 1;
                var there = names.SkipLast(look < fromLook ? 1 : 0).Where(name => Folder.WalLevel(name) == prefix);
                return Task.FromResult(new FolderLevel(prefix, [], [.. there.Select(name => new StoredObject(prefix.Key(name.ToString()), 1, ETag: null, written))]));
            }
        }
    }
}
