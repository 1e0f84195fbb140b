using System.Globalization;
using System.IO.Compression;
using CnpgRestore.Compression;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Postgres;

/// <summary>Against what <c>pg_waldump</c> says of the same segments.</summary>
public sealed class WalReaderTests
{
    private static readonly WalSegmentSize OneMegabyte = WalSegmentSize.FromBytes(1 << 20);

    [Theory]
    [InlineData("pg15")]
    [InlineData("pg17")]
    [InlineData("pg18")]
    public async Task Finds_every_commit_rollback_and_restore_point_that_pg_waldump_finds(string version)
    {
        var expected = await ReadGzipLinesAsync(Golden.Path("wal", version, "pg_waldump.txt.gz"));
        var reader = new WalReader(OneMegabyte);
        var found = new List<string>();
        foreach (var file in SegmentFiles(version))
        {
            await using var wal = await OpenAsync(file);
            await foreach (var item in reader.ReadAsync(NameOf(file), wal, TestContext.Current.CancellationToken))
            {
                found.Add(Describe(item));
            }
        }

        Assert.Equal(expected.Select(Normalize), found);
    }

    [Fact]
    public async Task A_record_on_two_segments_is_found_where_its_rest_is_read()
    {
        var time = new DateTimeOffset(2026, 3, 1, 10, 0, 0, 123, TimeSpan.Zero);
        var first = WalSegmentName.Parse("000000010000000000000007");
        var second = first.Next(OneMegabyte);
        var wal = WrittenWal.Commit(first, OneMegabyte, time, 1 << 20);
        Assert.Equal(2, wal.Count);
        var reader = new WalReader(OneMegabyte);

        Assert.Empty(await ReadAsync(reader, wal[0], first));
        // From elsewhere: what is open belongs to another place.
        Assert.Empty(await ReadAsync(reader, wal[0], first));
        Assert.Null(reader.LastRecord);
        var commit = new WalEvent.Commit(first.FirstLsn(OneMegabyte) + 40, time);
        Assert.Equal([commit], await ReadAsync(reader, wal[1], second));
        Assert.Equal(commit.Start, reader.LastRecord);
        Assert.Equal(new SystemIdentifier(WrittenWal.SystemId), reader.SystemId);

        Assert.Empty(await ReadAsync(wal[1], second));
        wal[1][WrittenWal.PageSize / 4] ^= 1;
        Assert.Empty(await ReadAsync(reader, wal[0], first));
        Assert.Empty(await ReadAsync(reader, wal[1], second));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(36)]
    public async Task A_segment_whose_header_names_other_sizes_is_refused(int offset)
    {
        var file = SegmentFiles("pg15")[1];
        var bytes = await BytesAsync(file);
        bytes[offset + 1] ^= 0x10;

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(bytes, NameOf(file)));

        Assert.Contains($"this is not WAL segment {NameOf(file)}", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The first record has no predecessor by which those behind it could be told from old ones.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(40 + WalRecordHeader)]
    public async Task Nothing_is_read_behind_a_first_record_that_does_not_hold(int offset)
    {
        var file = SegmentFiles("pg15")[1];
        var bytes = await BytesAsync(file);
        Assert.NotEmpty(await ReadAsync(bytes, NameOf(file)));
        bytes.AsSpan(offset, 4).Clear();

        Assert.Empty(await ReadAsync(bytes, NameOf(file)));
        Assert.Null(await LastRecordAsync(bytes, NameOf(file)));
    }

    [Fact]
    public async Task A_flipped_bit_ends_the_log_there()
    {
        var file = SegmentFiles("pg15")[1];
        var bytes = await BytesAsync(file);
        var whole = await ReadAsync(bytes, NameOf(file));
        var middle = whole[whole.Count / 2];
        var offset = (int)(middle.Start.Value % OneMegabyte.Bytes);
        bytes[offset + WalRecordHeader] ^= 1;

        Assert.Equal(whole.TakeWhile(item => item != middle), await ReadAsync(bytes, NameOf(file)));
    }

    /// <summary>No bit of a page header can hide records and let later ones through: a restore would be promised what PostgreSQL does not reach.</summary>
    [Fact]
    public async Task A_flipped_bit_of_a_page_header_never_hides_records_from_the_middle()
    {
        const int PageSize = 8192;
        const int HeaderSize = 24;
        var file = SegmentFiles("pg15")[1];
        var bytes = (await BytesAsync(file))[..(12 * PageSize)];
        var whole = await ReadAsync(bytes, NameOf(file));
        for (var page = PageSize; page < bytes.Length; page += PageSize)
        {
            for (var bit = 0; bit < HeaderSize * 8; bit++)
            {
                bytes[page + (bit / 8)] ^= (byte)(1 << (bit % 8));
                var found = await ReadAsync(bytes, NameOf(file));
                Assert.True(found.SequenceEqual(whole.Take(found.Count)), $"bit {bit} of the header at {page}: {found.Count} of {whole.Count}");
                bytes[page + (bit / 8)] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    /// <summary>What a server does that crashed while the end of a record was not on the disk yet (PostgreSQL 13.5, XLOG_OVERWRITE_CONTRECORD).</summary>
    [Fact]
    public async Task A_record_that_a_crash_left_unfinished_is_passed_over_where_the_next_page_says_so()
    {
        const int PageSize = 8192;
        var file = SegmentFiles("pg15")[1];
        var bytes = await BytesAsync(file);
        var name = NameOf(file);
        // A page that begins with the rest of a record: that is taken out, and the next record put in its place.
        var page = Enumerable.Range(1, 127).Select(index => index * PageSize).First(at => (bytes[at + 2] & 1) != 0 && BitConverter.ToUInt32(bytes, at + 16) < PageSize / 2);
        var rest = (BitConverter.ToInt32(bytes, page + 16) + 7) & ~7;
        bytes[page + 2] = (byte)((bytes[page + 2] & ~1) | 8);
        bytes.AsSpan(page + 16, 4).Clear();
        bytes.AsSpan(page + 24 + rest, PageSize - 24 - rest).CopyTo(bytes.AsSpan(page + 24));

        // The record behind that one names a predecessor at another address, so the log ends there.
        Assert.Equal(name.FirstLsn(OneMegabyte) + (ulong)page + 24, await LastRecordAsync(bytes, name));
        bytes[page + 2] &= 0xF7;
        Assert.True(await LastRecordAsync(bytes, name) < name.FirstLsn(OneMegabyte) + (ulong)page);
    }

    [Fact]
    public async Task What_a_recycled_segment_held_before_is_not_read()
    {
        var file = SegmentFiles("pg15")[1];
        var bytes = await BytesAsync(file);
        var name = NameOf(file);
        var whole = await ReadAsync(bytes, name);

        // A recycled file: new pages in front, the pages of an older segment behind them.
        const int half = 40 * 8192;
        for (var page = half; page < bytes.Length; page += 8192)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(page + 8), name.FirstLsn(OneMegabyte).Value + (ulong)page - OneMegabyte.Bytes);
        }

        var found = await ReadAsync(bytes, name);
        Assert.InRange(found.Count, 1, whole.Count - 1);
        Assert.All(found, item => Assert.True(item.Start < name.FirstLsn(OneMegabyte) + half));
    }

    [Fact]
    public async Task Another_segment_under_this_name_is_refused()
    {
        var bytes = await BytesAsync(SegmentFiles("pg15")[1]);
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(bytes, WalSegmentName.Parse("000000010000000000000009")));
    }

    [Fact]
    public async Task A_segment_of_another_size_is_refused()
    {
        await using var wal = await OpenAsync(SegmentFiles("pg15")[1]);
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var _ in new WalReader(WalSegmentSize.Default).ReadAsync(WalSegmentName.Parse("000000010000000000000000"), wal, TestContext.Current.CancellationToken))
            {
            }
        });
    }

    [Fact]
    public async Task Text_is_no_WAL() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(new byte[8192], WalSegmentName.Parse("000000010000000000000009")));

    private const int WalRecordHeader = 24;

    private static string[] SegmentFiles(string version) => [.. Directory.GetFiles(Golden.Path("wal", version), "*.xz").Order(StringComparer.Ordinal)];

    private static WalSegmentName NameOf(string file) => WalSegmentName.Parse(Path.GetFileNameWithoutExtension(file));

    private static async Task<Stream> OpenAsync(string file) => await Decompression.OpenAsync(File.OpenRead(file), ArchiveCompression.Xz, TestContext.Current.CancellationToken);

    private static async Task<byte[]> BytesAsync(string file)
    {
        await using var wal = await OpenAsync(file);
        using var memory = new MemoryStream();
        await wal.CopyToAsync(memory, TestContext.Current.CancellationToken);
        return memory.ToArray();
    }

    private static Task<List<WalEvent>> ReadAsync(byte[] bytes, WalSegmentName name) => ReadAsync(new WalReader(OneMegabyte), bytes, name);

    private static async Task<List<WalEvent>> ReadAsync(WalReader reader, byte[] bytes, WalSegmentName name)
    {
        var found = new List<WalEvent>();
        await foreach (var item in reader.ReadAsync(name, new MemoryStream(bytes), TestContext.Current.CancellationToken))
        {
            found.Add(item);
        }

        return found;
    }

    private static async Task<Lsn?> LastRecordAsync(byte[] bytes, WalSegmentName name)
    {
        var reader = new WalReader(OneMegabyte);
        await ReadAsync(reader, bytes, name);
        return reader.LastRecord;
    }

    private static async Task<string[]> ReadGzipLinesAsync(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary><c>0/00500658 COMMIT_PREPARED 3801: 2026-11-22 18:08:03.420823 UTC</c> without the transaction id.</summary>
    private static string Normalize(string line)
    {
        var words = line.Split(' ');
        var lsn = Lsn.Parse(words[0]);
        return words[1] == "RESTORE_POINT" ? $"{lsn} point {words[2]}" : $"{lsn} {(words[1].StartsWith("COMMIT", StringComparison.Ordinal) ? "commit" : "abort")} {words[^3]} {words[^2]}";
    }

    private static string Describe(WalEvent item) => item switch
    {
        WalEvent.RestorePoint point => $"{point.Start} point {point.Name}",
        WalEvent.Commit commit => $"{item.Start} commit {Text(commit.Time)}",
        WalEvent.Abort abort => $"{item.Start} abort {Text(abort.Time)}",
        _ => $"{item}",
    };

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
