using CnpgRestore.Barman;
using CnpgRestore.Compression;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Barman;

/// <summary>The memory of the whole program is measured by bench/million-segments.sh; here the part that could grow.</summary>
[Collection(nameof(Alone))]
public sealed class MillionSegmentsTests
{
    private const ulong Segments = 1_000_000;
    private const ulong Missing = 777_777;
    private const long MostHeapGrowth = 8 << 20;

    [Fact]
    public async Task A_million_segments_leave_runs_and_not_names_in_memory()
    {
        using var store = new SegmentStore();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var archive = await WalArchive.ScanAsync(store, ServerFolder.Named("s"), TestContext.Current.CancellationToken);

        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.SendDiagnosticMessage($"heap growth {growth} bytes");
        Assert.Equal((long)Segments - 1, archive.SegmentCount);
        Assert.Equal([new WalRun(0, Missing - 1), new WalRun(Missing + 1, Segments - 1)], archive.Coverage(new TimelineId(1), WalSegmentSize.Default).Runs);
        Assert.InRange(growth, long.MinValue, MostHeapGrowth);
    }

    /// <summary>Makes each level when it is asked for; the order within a level is reversed.</summary>
    private sealed class SegmentStore() : ListedStore("s3://million")
    {
        private static readonly ServerFolder Folder = ServerFolder.Named("s");

        public override Task<FolderLevel> ListLevelAsync(KeyPrefix prefix, CancellationToken ct)
        {
            var numbers = Enumerable.Range(0, (int)Segments).Select(number => (ulong)number);
            if (prefix == Folder.Wals)
            {
                var levels = numbers.Where(number => number % 256 == 0).Select(number => Folder.WalLevel(Name(number)));
                return Task.FromResult(new FolderLevel(prefix, [.. levels.Reverse()], []));
            }

            var log = Convert.ToUInt64(prefix.Name[8..], 16) * 256;
            var there = Enumerable.Range(0, 256).Select(offset => log + (ulong)offset).Where(number => number < Segments && number != Missing);
            return Task.FromResult(new FolderLevel(prefix, [], [.. there.Reverse().Select(Describe)]));
        }

        private static WalSegmentName Name(ulong number) => WalSegmentName.FromNumber(new TimelineId(1), number, WalSegmentSize.Default);

        private static StoredObject Describe(ulong number) =>
            new(Folder.Segment(Name(number), ArchiveCompression.Bzip2), 16_000, "d41d8cd98f00b204e9800998ecf8427e", ScriptedStore.Written.AddSeconds(number));
    }
}
