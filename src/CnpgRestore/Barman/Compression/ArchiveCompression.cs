namespace CnpgRestore.Barman.Compression;

/// <summary>How barman compressed one object. Only the suffix of the key tells; backup.info does not.</summary>
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
