namespace CnpgRestore.Compression;

/// <summary>The program that unpacks a compression from stdin to stdout, where another machine does it: <c>gzip -dc</c>.</summary>
static class DecompressionFilter
{
    /// <summary>A command of two words at most; <c>cat</c> for what is not compressed.</summary>
    public static string Of(ArchiveCompression compression) => compression switch
    {
        ArchiveCompression.None => "cat",
        ArchiveCompression.Gzip => "gzip -dc",
        ArchiveCompression.Bzip2 => "bzip2 -dc",
        ArchiveCompression.Xz => "xz -dc",
        ArchiveCompression.Zstd => "zstd -dc",
        ArchiveCompression.Lz4 => "lz4 -dc",
        ArchiveCompression.Snappy => "snzip -dc",
    };

    /// <summary>Its name: <c>gzip</c>.</summary>
    public static string ProgramOf(ArchiveCompression compression) => Of(compression).Split(' ')[0];
}
