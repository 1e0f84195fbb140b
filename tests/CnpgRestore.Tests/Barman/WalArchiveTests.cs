using System.Text;
using System.Text.RegularExpressions;
using CnpgRestore.Barman;
using CnpgRestore.Compression;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Postgres;
using CnpgRestore.Tests.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Barman;

public sealed partial class WalArchiveTests
{
    private static readonly ServerFolder Folder = ServerFolder.Named("s");

    [Fact]
    public async Task Reads_what_barman_archived()
    {
        using var golden = new GoldenFolder();
        var (_, archive) = await golden.ReadAsync();

        Assert.Equal([new TimelineId(1), new TimelineId(2)], archive.Timelines);
        Assert.Equal([new WalRun(2, 11)], archive.Coverage(new TimelineId(1), WalSegmentSize.Default).Runs);
        Assert.Equal([new WalRun(12, 16)], archive.Coverage(new TimelineId(2), WalSegmentSize.Default).Runs);
        Assert.Equal(15, archive.SegmentCount);
        Assert.Equal(20, archive.WalLikeCount);
        Assert.Equal("00000001000000000000000C", Assert.Single(archive.Partials).Segment.ToString());
        Assert.Equal(new TimelineAncestor(new TimelineId(1), Lsn.Parse("0/C0000A0"), "no recovery target specified"), archive.HistoryOf(new TimelineId(2)).Parent);
        Assert.Equal(0, archive.Strays.Count + archive.Duplicates.Count + archive.DoublyCompressed.Count + archive.DamagedHistories.Count);
        Assert.Equal(GoldenFolder.LastArchived, archive.Newest?.LastModified.UtcDateTime);
    }

    /// <summary>Of several that are stored in different ways, barman takes the first compressed one in the order of keys, and a plain one only where it is alone.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData(".gz", ",.gz")]
    [InlineData(".bz2", ",.gz,.bz2,.zst")]
    public async Task Of_several_ways_to_store_a_segment_the_one_is_taken_that_barman_takes(string taken, string stored)
    {
        var name = WalSegmentName.Parse("000000010000000000000003");
        foreach (var seed in Enumerable.Range(0, 6))
        {
            using var store = ScriptedStore.OfNames(stored.Split(',').Select(suffix => $"s/wals/0000000100000000/{name}{suffix}"), seed);

            var level = await WalLevel.ReadAsync(store, Folder, name, TestContext.Current.CancellationToken);

            Assert.EndsWith($"/{name}{taken}", level.Find(name)!.Object.Key.Value, StringComparison.Ordinal);
            Assert.Null(level.Find(name.Next(WalSegmentSize.Default)));
        }
    }

    [Fact]
    public async Task A_history_that_is_compressed_is_taken_before_a_plain_one()
    {
        foreach (var seed in Enumerable.Range(0, 4))
        {
            var archive = await ScanAsync(["s/wals/00000002.history", "s/wals/00000002.history.bz2", "s/wals/0000000100000000/000000010000000000000003"], seed);

            Assert.Equal(ArchiveCompression.Bzip2, archive.HistoryFiles[new TimelineId(2)].Compression);
        }
    }

    [Fact]
    public async Task What_is_no_WAL_does_not_count_and_is_never_the_newest()
    {
        using var golden = new GoldenFolder().With("wals/0000000100000000/notes.txt").With("wals/0000000100000000/000000010000000000000003.gz.gz");
        var (_, archive) = await golden.ReadAsync();

        Assert.Equal(20, archive.WalLikeCount);
        Assert.Equal(GoldenFolder.LastArchived, archive.Newest?.LastModified.UtcDateTime);
        using var later = new GoldenFolder().With("wals/0000000100000000/000000010000000000000003.gz");
        Assert.EndsWith("/000000010000000000000003.gz", (await later.ReadAsync()).Archive.Newest?.Key.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_set_of_segments_in_any_order_becomes_its_runs()
    {
        var gen = Gen.Select(PostgresGen.SegmentSize, Gen.Select(Gen.UInt[1, 3], Gen.ULong[0, 6000]).Array[0, 40], Gen.Enum<ArchiveCompression>(), Gen.Int);
        await gen.SampleAsync(async (size, picks, compression, seed) =>
        {
            var segments = picks.Select(pick => WalSegmentName.FromNumber(new TimelineId(pick.Item1), pick.Item2, size)).ToHashSet();
            var archive = await ScanAsync(segments.Select(segment => Folder.Segment(segment, compression).Value), seed);

            Assert.Equal(segments.Count, archive.SegmentCount);
            Assert.Equal(segments.Select(segment => segment.Timeline).Distinct().Order(), archive.Timelines);
            foreach (var group in segments.GroupBy(segment => segment.Timeline))
            {
                var runs = archive.Coverage(group.Key, size).Runs;
                Assert.Equal(group.Select(segment => segment.Number(size)).Order(), runs.SelectMany(run => Enumerable.Range(0, (int)run.Count).Select(offset => run.First + (ulong)offset)));
            }
        }, iter: 200);
    }

    [Fact]
    public async Task A_segment_in_two_compressions_counts_once()
    {
        var archive = await ScanAsync(["s/wals/0000000100000000/000000010000000000000001", "s/wals/0000000100000000/000000010000000000000001.gz", "s/wals/0000000100000000/000000010000000000000002.gz"]);
        Assert.Equal((2, 1), (archive.SegmentCount, archive.Duplicates.Count));
        Assert.Equal(["000000010000000000000001"], archive.Duplicates.Examples);
    }

    [Fact]
    public async Task What_barman_cannot_find_is_no_segment()
    {
        var archive = await ScanAsync([
            "s/wals/0000000100000000/000000010000000000000001.gz.gz",
            "s/wals/0000000100000000/README",
            "s/wals/0000000100000000/000000020000000000000001",
            "s/wals/0000000100000000/deeper/000000010000000000000001",
            "s/wals/000000010000000000000001",
            "s/wals/0000000100000000/00000002.history",
        ]);
        Assert.Equal((0, 1, 5), (archive.SegmentCount, archive.DoublyCompressed.Count, archive.Strays.Count));
        Assert.Empty(archive.HistoryFiles);
    }

    [Fact]
    public async Task Of_two_histories_the_compressed_one_counts_as_in_barman()
    {
        var gzip = new MemoryStream();
        await using (var writer = new System.IO.Compression.GZipStream(gzip, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
        {
            await writer.WriteAsync(Encoding.UTF8.GetBytes("1\t0/5\tcompressed\n"), TestContext.Current.CancellationToken);
        }

        using var store = new ScriptedStore(new Dictionary<string, byte[]>
        {
            ["s/wals/00000002.history"] = Encoding.UTF8.GetBytes("1\t0/6\tplain\n"),
            ["s/wals/00000002.history.gz"] = gzip.ToArray(),
        });
        var archive = await WalArchive.ScanAsync(store, Folder, TestContext.Current.CancellationToken);
        Assert.Equal("compressed", archive.HistoryOf(new TimelineId(2)).Parent?.Reason);
        Assert.Equal(["00000002.history"], archive.Duplicates.Examples);
    }

    [Theory]
    [InlineData("00000002.history", "no history at all")]
    [InlineData("00000002.history.gz", "not gzip")]
    [InlineData("00000002.history.bz2", "not bzip2")]
    [InlineData("00000002.history.xz", "not xz, but long enough to look at")]
    [InlineData("00000002.history.zst", "not zstd")]
    [InlineData("00000002.history.lz4", "not lz4")]
    [InlineData("00000002.history.snappy", "not snappy")]
    public async Task A_damaged_history_is_named_and_does_not_stop_the_scan(string name, string content)
    {
        using var store = new ScriptedStore(new Dictionary<string, byte[]> { [$"s/wals/{name}"] = Encoding.UTF8.GetBytes(content) });
        var archive = await WalArchive.ScanAsync(store, Folder, TestContext.Current.CancellationToken);
        Assert.Equal([name], archive.DamagedHistories.Examples);
        Assert.Empty(archive.Histories);
    }

    [Fact]
    public async Task Many_oddities_are_counted_and_a_few_remembered()
    {
        var archive = await ScanAsync(Enumerable.Range(0, 1000).Select(index => $"s/wals/0000000100000000/odd-{index:D4}"));
        Assert.Equal(1000, archive.Strays.Count);
        Assert.Equal(Enumerable.Range(0, 10).Select(index => $"odd-{index:D4}"), archive.Strays.Examples);
    }

    [Theory]
    [InlineData("s/base/20260301T020000/backup.info", false)]
    [InlineData("s/wals/README", false)]
    [InlineData("s/wals/0000000100000000/000000010000000000000001.gz.gz", false)]
    [InlineData("s2/wals/0000000100000000/000000010000000000000001", false)]
    [InlineData("s/wals/00000002.history", true)]
    [InlineData("s/wals/0000000100000000/000000010000000000000001.partial", true)]
    [InlineData("s/wals/anywhere/deep/000000010000000000000001.xz", true)]
    public async Task Predicts_what_the_empty_archive_check_says(string key, bool offends)
    {
        using var store = ScriptedStore.OfNames([key]);
        Assert.Equal(offends ? key : null, (await EmptyArchiveCheck.FindOffenderAsync(store, Folder, TestContext.Current.CancellationToken))?.Value);
    }

    [Fact]
    public void Agrees_with_barman_about_what_a_WAL_name_is()
    {
        var hex = PostgresGen.OneOf("0", "1", "A", "f", "G", "-").Array[1, 25].Select(string.Concat);
        var suffix = PostgresGen.OneOf("", ".gz", ".bz2", ".xz", ".zst", ".lz4", ".snappy", ".partial", ".history", ".00000028.backup", ".tmp");
        Gen.Select(Gen.OneOf(hex, PostgresGen.OneOf("00000002", "00000001000000000000000A")), suffix, suffix).Sample((stem, first, second) =>
            (ServerFolder.ParseWalFile(stem + first + second) is not WalFile.Stray) == BarmanName.IsMatch(stem + first + second));
    }

    private static async Task<WalArchive> ScanAsync(IEnumerable<string> keys, int seed = 0)
    {
        using var store = ScriptedStore.OfNames(keys, seed);
        return await WalArchive.ScanAsync(store, Folder, TestContext.Current.CancellationToken);
    }

    /// <summary>barman/xlog.py's names, plus exactly one suffix of a compression.</summary>
    [GeneratedRegex(@"^[0-9A-Fa-f]{8}([0-9A-Fa-f]{16}(\.[0-9A-Fa-f]{8}\.backup|\.partial)?|\.history)(\.(gz|bz2|xz|snappy|zst|lz4))?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BarmanName { get; }
}
