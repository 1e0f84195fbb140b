using System.IO.Compression;
using CnpgRestore.Compression;
using Snappier;

namespace CnpgRestore.Tests.Fuzz;

[Collection(nameof(Alone))]
public sealed class CompressionFuzzTests
{
    public static TheoryData<ArchiveCompression> Compressions => [ArchiveCompression.Gzip, ArchiveCompression.Bzip2, ArchiveCompression.Xz, ArchiveCompression.Zstd, ArchiveCompression.Lz4, ArchiveCompression.Snappy];

    /// <summary>Small input may unpack to much, so it is thrown away piece by piece and bounded.</summary>
    [Theory]
    [MemberData(nameof(Compressions))]
    public void Archives(ArchiveCompression compression) => new Fuzzer($"{compression}", [Packed(compression)]) { Documented = [typeof(InvalidDataException)] }.Run(async input =>
        {
            var before = GC.GetTotalAllocatedBytes();
            await using var content = await Decompression.OpenAsync(new MemoryStream(input), compression, CancellationToken.None);
            var buffer = new byte[64 << 10];
            var total = 0L;
            while (total < 256 << 20 && await content.ReadAsync(buffer, CancellationToken.None) is > 0 and var read)
            {
                total += read;
            }

            // Some codecs work on threads of their own.
            Assert.True(GC.GetTotalAllocatedBytes() - before < 200 << 20, $"{(GC.GetTotalAllocatedBytes() - before) >> 20} MiB for {input.Length} bytes");
        });

    /// <summary>No single flipped bit and no cut gives other content than what was packed: it is an error, or it does not matter.</summary>
    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task A_flipped_bit_never_becomes_other_content(ArchiveCompression compression)
    {
        var packed = Packed(compression);
        var whole = (await TryUnpackAsync(packed, compression))!;
        // All of them with make fuzz, a part of them at a desk.
        var step = 1 + (packed.Length * 8 / FuzzSettings.Inputs);
        for (var bit = 0; bit < packed.Length * 8; bit += step)
        {
            packed[bit / 8] ^= (byte)(1 << (bit % 8));
            var content = await TryUnpackAsync(packed, compression);
            Assert.True(content is null || content.AsSpan().SequenceEqual(whole), $"bit {bit} of {packed.Length * 8}: {content?.Length} bytes instead of {whole.Length}");
            packed[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    /// <summary>150 lines; from the real programs but for snappy, whose programs do not run here.</summary>
    private static byte[] Packed(ArchiveCompression compression)
    {
        if (compression != ArchiveCompression.Snappy)
        {
            return File.ReadAllBytes(Directory.EnumerateFiles(Golden.Path("compressed"), "few.txt.*").Single(path => CompressionMagic.Of(File.ReadAllBytes(path)) == compression));
        }

        using var packed = new MemoryStream();
        using (var snappy = new SnappyStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            using var text = new GZipStream(File.OpenRead(Golden.Path("compressed", "few.txt.gz")), CompressionMode.Decompress);
            text.CopyTo(snappy);
        }

        return packed.ToArray();
    }

    private static async Task<byte[]?> TryUnpackAsync(byte[] packed, ArchiveCompression compression)
    {
        try
        {
            await using var content = await Decompression.OpenAsync(new MemoryStream(packed), compression, CancellationToken.None);
            using var memory = new MemoryStream();
            await content.CopyToAsync(memory, CancellationToken.None);
            return memory.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
