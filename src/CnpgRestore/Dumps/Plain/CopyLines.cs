namespace CnpgRestore.Dumps.Plain;

/// <summary>The lines between <c>COPY ... FROM stdin;</c> and <c>\.</c>, in the text format: a line is a row (manual, COPY, File Formats).</summary>
static class CopyLines
{
    /// <param name="text">From the beginning of a line on.</param>
    /// <returns>The length of <c>\.</c> with its line end, when it stands here; a line end of Windows counts too, as psql has it.</returns>
    public static int? EndLine(ReadOnlySpan<byte> text, bool isLast) =>
        text.StartsWith("\\.\n"u8) ? 3
        : text.StartsWith("\\.\r\n"u8) ? 4
        : isLast && (text.SequenceEqual("\\."u8) || text.SequenceEqual("\\.\r"u8)) ? text.Length
        : null;

    /// <returns>How many bytes of whole lines stand before the end line, or before the end of <paramref name="text"/>.</returns>
    public static int Length(ReadOnlySpan<byte> text, bool isLast)
    {
        for (var from = 0; text[from..].IndexOf("\n\\."u8) is var at and >= 0; from += at + 1)
        {
            if (EndLine(text[(from + at + 1)..], isLast) is not null)
            {
                return from + at + 1;
            }
        }

        var end = text.LastIndexOf((byte)'\n');
        while (end > 0 && IsEscaped(text[..end]))
        {
            end = text[..end].LastIndexOf((byte)'\n');
        }

        return end + 1;
    }

    // A backslash before the line end makes it a part of the value; pg_dump writes \n instead, people may not.
    private static bool IsEscaped(ReadOnlySpan<byte> before) => (before.Length - before.TrimEnd((byte)'\\').Length) % 2 == 1;
}
