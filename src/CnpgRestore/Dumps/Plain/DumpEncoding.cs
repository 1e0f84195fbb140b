using System.Text;

namespace CnpgRestore.Dumps.Plain;

/// <summary>The encoding of a dump's text, by PostgreSQL's name for it: <c>UTF8</c>, <c>SJIS</c> (manual, section 24.3).</summary>
/// <param name="Text">Decodes names for people; bytes that .NET has no table for come out as Latin 1.</param>
public sealed record DumpEncoding(string Name, Encoding Text)
{
    private static readonly Dictionary<string, int> CodePages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["LATIN2"] = 28592, ["LATIN3"] = 28593, ["LATIN4"] = 28594, ["LATIN5"] = 28599, ["LATIN7"] = 28603, ["LATIN9"] = 28605,
        ["ISO_8859_5"] = 28595, ["ISO_8859_6"] = 28596, ["ISO_8859_7"] = 28597, ["ISO_8859_8"] = 28598,
        ["WIN1250"] = 1250, ["WIN1251"] = 1251, ["WIN1252"] = 1252, ["WIN1253"] = 1253, ["WIN1254"] = 1254, ["WIN1255"] = 1255,
        ["WIN1256"] = 1256, ["WIN1257"] = 1257, ["WIN1258"] = 1258, ["WIN866"] = 866, ["WIN874"] = 874,
        ["KOI8R"] = 20866, ["KOI8U"] = 21866, ["EUC_JP"] = 51932, ["EUC_CN"] = 51936, ["EUC_KR"] = 51949,
        ["SJIS"] = 932, ["BIG5"] = 950, ["GBK"] = 936, ["UHC"] = 949, ["GB18030"] = 54936, ["JOHAB"] = 1361,
    };

    /// <summary>What a dump without <c>SET client_encoding</c> is taken for.</summary>
    public static DumpEncoding Utf8 { get; } = new("UTF8", Encoding.UTF8);

    /// <summary>
    /// The second byte of a character may be a backslash, as in <c>SJIS</c>: encodings that a server never has, and pg_dump writes with <c>-E</c>.
    /// </summary>
    public bool HasAsciiTrailBytes { get; } = Name.ToUpperInvariant() is "SJIS" or "SHIFT_JIS_2004" or "BIG5" or "GBK" or "UHC" or "GB18030" or "JOHAB";

    private bool IsShiftJis { get; } = Name.ToUpperInvariant() is "SJIS" or "SHIFT_JIS_2004";

    public static DumpEncoding Named(string name) =>
        string.Equals(name, "UTF8", StringComparison.OrdinalIgnoreCase) || string.Equals(name, "UNICODE", StringComparison.OrdinalIgnoreCase) ? Utf8
        : CodePages.TryGetValue(name, out var page) && CodePagesEncodingProvider.Instance.GetEncoding(page) is { } encoding ? new DumpEncoding(name, encoding)
        : new DumpEncoding(name, Encoding.Latin1);

    /// <summary>Whether a byte begins a character of two; half-width katakana of Shift JIS are one byte (src/common/wchar.c).</summary>
    public bool IsLeadByte(byte value) => HasAsciiTrailBytes && value >= 0x80 && !(IsShiftJis && value is >= 0xA1 and <= 0xDF);
}
