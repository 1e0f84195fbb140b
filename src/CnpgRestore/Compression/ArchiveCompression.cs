namespace CnpgRestore.Compression;

/// <summary>How one file is compressed. Barman tells by the suffix of the key, a dump by its first bytes.</summary>
public enum ArchiveCompression
{
    None,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
    Lz4,

    /// <summary>The framing format, around the whole file.</summary>
    Snappy,
}
