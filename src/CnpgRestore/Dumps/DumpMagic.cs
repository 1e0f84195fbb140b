namespace CnpgRestore.Dumps;

/// <summary>Tells the format of a dump by its first bytes, after decompression.</summary>
static class DumpMagic
{
    /// <summary>A tar header is one block.</summary>
    public const int Length = 512;

    /// <summary>What an editor may have put in front of UTF-8; psql passes over it, too.</summary>
    public static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    private const int TarMagicOffset = 257;

    public static DumpFormat Of(ReadOnlySpan<byte> start) =>
        start.IsEmpty ? DumpFormat.Empty
        : start.StartsWith("PGDMP"u8) ? DumpFormat.Custom
        : start.Length == Length && start[TarMagicOffset..].StartsWith("ustar"u8) ? DumpFormat.Tar
        : IsText(start) ? DumpFormat.Plain
        : DumpFormat.Unknown;

    // SQL in any of PostgreSQL's encodings has no zero byte, and begins with a comment, a statement, or a line for psql.
    private static bool IsText(ReadOnlySpan<byte> start)
    {
        var first = (start.StartsWith(ByteOrderMark) ? start[ByteOrderMark.Length..] : start).TrimStart(" \n\r\t"u8);
        return !start.Contains((byte)0) && (first.IsEmpty || first[0] is (byte)'-' or (byte)'\\' or (byte)'/' || char.IsAsciiLetter((char)first[0]));
    }
}
