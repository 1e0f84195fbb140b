namespace CnpgRestore.Compression;

/// <summary>Tells a compression by the first bytes of a file.</summary>
static class CompressionMagic
{
    /// <summary>As many bytes as the longest of them.</summary>
    public const int Length = 6;

    public static ArchiveCompression Of(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? ArchiveCompression.Gzip
        : start.StartsWith("BZh"u8) ? ArchiveCompression.Bzip2
        : start.StartsWith((ReadOnlySpan<byte>)[0xFD, .. "7zXZ"u8, 0]) ? ArchiveCompression.Xz
        : start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? ArchiveCompression.Zstd
        : start.StartsWith((ReadOnlySpan<byte>)[0x04, 0x22, 0x4D, 0x18]) ? ArchiveCompression.Lz4
        : ArchiveCompression.None;
}
