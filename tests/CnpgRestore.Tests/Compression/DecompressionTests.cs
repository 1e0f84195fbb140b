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

    [Theory]
    [InlineData(2)]
    [InlineData(300)]
    public async Task Gzip_members_one_behind_the_other_are_one_file(int members)
    {
        // As bgzip writes it: many small ones, and an empty one last.
        byte[][] parts = [.. Enumerable.Range(0, members).Select(Member), Zip([])];
        var file = Joined(parts);

        foreach (var stream in (Stream[])[new MemoryStream(file), new TrickleStream(file)])
        {
            Assert.Equal(Enumerable.Range(0, members).Sum(member => (long)Content(member).Length), (await UnpackAsync(stream)).Length);
        }
    }

    [Fact]
    public async Task Gzip_members_that_are_cut_anywhere_or_of_which_one_is_lost_are_never_taken_for_whole()
    {
        var (first, second, third) = (Member(1), Member(2), Member(3));
        var file = Joined(first, second, third);
        for (var length = 1; length < file.Length; length++)
        {
            // Between two members nobody can tell.
            if (length != first.Length && length != first.Length + second.Length)
            {
                await Assert.ThrowsAsync<InvalidDataException>(() => UnpackAsync(new MemoryStream(file[..length])));
            }
        }

        // The decompressor takes what does not begin like a member for the end.
        foreach (var start in new[] { first.Length, first.Length + second.Length })
        {
            byte[] damaged = [.. file];
            damaged[start] ^= 1;
            Assert.Contains("cut or damaged", (await Assert.ThrowsAsync<InvalidDataException>(() => UnpackAsync(new MemoryStream(damaged)))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_only_looks_like_a_gzip_member_is_none()
    {
        // Stored, not packed: the content's own headers stand in the file as they are.
        var content = Joined([.. Enumerable.Range(0, 200).Select(Member)]);
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.NoCompression, leaveOpen: true))
        {
            await gzip.WriteAsync(content, TestContext.Current.CancellationToken);
        }

        var alone = await UnpackAsync(new MemoryStream(packed.ToArray()));
        var both = await UnpackAsync(new TrickleStream(Joined(packed.ToArray(), Member(1))));

        Assert.Equal(content, alone);
        Assert.Equal(Joined(content, Content(1)), both);
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

    private static byte[] Joined(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    private static byte[] Member(int number) => Zip(Content(number));

    /// <summary>Of different sizes: 0 is empty.</summary>
    private static byte[] Content(int number) => System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, number * 7 % 1000).Select(line => FormattableString.Invariant($"{number} {line * number}\n"))));

    private static byte[] Zip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        // .NET writes nothing at all for nothing.
        return packed.Length > 0 ? packed.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    private static async Task<byte[]> UnpackAsync(Stream packed)
    {
        await using var stream = await Decompression.OpenAsync(packed, ArchiveCompression.Gzip, TestContext.Current.CancellationToken);
        using var whole = new MemoryStream();
        await stream.CopyToAsync(whole, TestContext.Current.CancellationToken);
        return whole.ToArray();
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
