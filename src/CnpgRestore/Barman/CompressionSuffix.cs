using CnpgRestore.Compression;

namespace CnpgRestore.Barman;

/// <summary>The suffixes that barman-cloud writes and reads (barman/clients/cloud_compression.py, cloud_walarchive.py).</summary>
static class CompressionSuffix
{
    private static readonly (string Suffix, ArchiveCompression Compression)[] All =
    [
        (".gz", ArchiveCompression.Gzip),
        (".bz2", ArchiveCompression.Bzip2),
        (".xz", ArchiveCompression.Xz),
        (".zst", ArchiveCompression.Zstd),
        (".lz4", ArchiveCompression.Lz4),
        (".snappy", ArchiveCompression.Snappy),
    ];

    public static string Of(ArchiveCompression compression)
    {
        foreach (var (suffix, candidate) in All)
        {
            if (candidate == compression)
            {
                return suffix;
            }
        }

        return "";
    }

    /// <summary>The name without at most one suffix, and what the suffix said.</summary>
    public static ReadOnlySpan<char> Split(ReadOnlySpan<char> name, out ArchiveCompression compression)
    {
        foreach (var (suffix, candidate) in All)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
            {
                compression = candidate;
                return name[..^suffix.Length];
            }
        }

        compression = ArchiveCompression.None;
        return name;
    }
}
