using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;
using Snappier;

namespace CnpgRestore.Compression;

/// <summary>Opens what is compressed. The stream that comes back owns the one that went in.</summary>
public static class Decompression
{
#pragma warning disable CA2000 // The caller owns what it is given.
    /// <summary>
    /// Bytes that are truncated or damaged throw <see cref="InvalidDataException"/>, here or while the stream is read; what the store throws
    /// underneath passes through.
    /// </summary>
    public static async ValueTask<Stream> OpenAsync(Stream compressed, ArchiveCompression compression, CancellationToken ct)
    {
        if (compression == ArchiveCompression.None)
        {
            return compressed;
        }

        IEndCheck? end = compression switch
        {
            ArchiveCompression.Gzip => new GzipEnd(),
            ArchiveCompression.Snappy => new SnappyEnd(),
            _ => null,
        };
        var source = new CompressedSource(compressed, end, ct);
        try
        {
            // Opening may read the first bytes, and some codecs block.
            return new DecompressionStream(await Task.Run(() => OpenCodec(source, compression), ct), source, end, IsBlocking(compression));
        }
        catch (Exception e) when (!source.HasFailed && DecompressionStream.IsDamage(e))
        {
            await compressed.DisposeAsync();
            throw DecompressionStream.Damage(e);
        }
    }

    /// <summary>SharpCompress spends two to three times the processor time when it is read asynchronously, byte by byte.</summary>
    private static bool IsBlocking(ArchiveCompression compression) => compression is ArchiveCompression.Bzip2 or ArchiveCompression.Xz;

    private static Stream OpenCodec(Stream compressed, ArchiveCompression compression) => compression switch
    {
        ArchiveCompression.None => compressed,
        ArchiveCompression.Gzip => new GZipStream(compressed, CompressionMode.Decompress),
        ArchiveCompression.Bzip2 => BZip2Stream.Create(compressed, SharpCompress.Compressors.CompressionMode.Decompress, decompressConcatenated: true),
        ArchiveCompression.Xz => new XZStream(compressed),
        ArchiveCompression.Zstd => new ZstdSharp.DecompressionStream(compressed, leaveOpen: false),
        ArchiveCompression.Lz4 => LZ4Stream.Decode(compressed),
        ArchiveCompression.Snappy => new SnappyStream(compressed, CompressionMode.Decompress),
    };
#pragma warning restore CA2000
}
