using System.Security.Cryptography;
using CnpgRestore.Compression;

namespace CnpgRestore.Tests.Compression;

public sealed class DecompressionTests
{
    private const string Sha256 = "AB6C204972B158F223235207FD6AD6856A300FB6381142479A26DA43DF83FF43";

    public static TheoryData<string, ArchiveCompression> Files => new()
    {
        { "lines.txt.gz", ArchiveCompression.Gzip },
        { "lines.txt.bz2", ArchiveCompression.Bzip2 },
        { "lines.txt.xz", ArchiveCompression.Xz },
        { "lines.txt.zst", ArchiveCompression.Zstd },
        { "lines.txt.lz4", ArchiveCompression.Lz4 },
        { "lines.txt.snappy", ArchiveCompression.Snappy },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Reads_what_the_real_programs_compressed(string name, ArchiveCompression compression) =>
        Assert.Equal(Sha256, await HashAsync(await ReadAsync(name), compression));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_truncated_object_is_never_taken_for_a_whole_one(string name, ArchiveCompression compression)
    {
        var bytes = await ReadAsync(name);
        foreach (var length in new[] { bytes.Length - 1, bytes.Length / 2, 20 })
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => HashAsync(bytes[..length], compression));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_damaged_object_is_refused(string name, ArchiveCompression compression)
    {
        var bytes = await ReadAsync(name);
        bytes.AsSpan(bytes.Length / 2, 16).Fill(0xA5);
        await Assert.ThrowsAsync<InvalidDataException>(() => HashAsync(bytes, compression));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Blocking_and_waiting_reads_may_alternate(string name, ArchiveCompression compression)
    {
        await using var stream = await Decompression.OpenAsync(new MemoryStream(await ReadAsync(name)), compression, TestContext.Current.CancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1000];
        for (var (read, turn) = (1, 0); read > 0; turn++)
        {
#pragma warning disable VSTHRD103, CA1849 // The point of the test.
            read = turn % 2 == 0 ? stream.Read(buffer) : await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
#pragma warning restore VSTHRD103, CA1849
            hash.AppendData(buffer, 0, read);
        }

        Assert.Equal(Sha256, Convert.ToHexString(hash.GetHashAndReset()));
    }

    [Fact]
    public async Task Every_length_of_a_cut_gzip_file_is_noticed()
    {
        var bytes = await ReadAsync("lines.txt.gz");
        for (var cut = 1; cut < 40; cut++)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => HashAsync(bytes[..^cut], ArchiveCompression.Gzip));
        }
    }

    [Fact]
    public async Task A_gzip_file_may_come_in_pieces_of_any_size()
    {
        await using var stream = await Decompression.OpenAsync(new TrickleStream(await ReadAsync("lines.txt.gz")), ArchiveCompression.Gzip, TestContext.Current.CancellationToken);
        Assert.Equal(Sha256, Convert.ToHexString(await SHA256.HashDataAsync(stream, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Bzip2_members_one_behind_the_other_are_one_file()
    {
        var bytes = await ReadAsync("lines.txt.bz2");
        await using var stream = await Decompression.OpenAsync(new MemoryStream([.. bytes, .. bytes]), ArchiveCompression.Bzip2, TestContext.Current.CancellationToken);
        using var whole = new MemoryStream();
        await stream.CopyToAsync(whole, TestContext.Current.CancellationToken);
        Assert.Equal(2 * 533_292, whole.Length);
    }

    [Fact]
    public async Task What_the_store_breaks_is_not_called_damage()
    {
        await using var stream = await Decompression.OpenAsync(new BrokenStream(), ArchiveCompression.Gzip, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<IOException>(async () => await stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    private static Task<byte[]> ReadAsync(string name) => File.ReadAllBytesAsync(Golden.Path("compressed", name), TestContext.Current.CancellationToken);

    private static async Task<string> HashAsync(byte[] bytes, ArchiveCompression compression)
    {
        await using var stream = await Decompression.OpenAsync(new MemoryStream(bytes), compression, TestContext.Current.CancellationToken);
        return Convert.ToHexString(await SHA256.HashDataAsync(stream, TestContext.Current.CancellationToken));
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("connection reset");
    }

    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 1 + (int)(Position % 5))], cancellationToken);
    }
}
