using System.Text.RegularExpressions;

namespace CnpgRestore.Dumps.Folder;

/// <summary>
/// What a dump's name says beside its time and its format: <c>nextcloud</c> of <c>nextcloud-2026-11-22.sql.gz</c>, <c>shop/backup</c> of
/// <c>shop/backup.dump</c>, nothing of <c>latest.sql</c>. Names with different stems are hardly of one thing.
/// </summary>
static partial class DumpStem
{
    private static readonly HashSet<string> Rotations = new(StringComparer.OrdinalIgnoreCase) { "last", "hourly", "daily", "weekly", "monthly", "yearly" };

    /// <param name="name">Relative to the folder of dumps.</param>
    public static string Of(string name)
    {
        var (folder, file) = Parts(name);
        return folder.Length == 0 ? file : file.Length == 0 ? folder : $"{folder}/{file}";
    }

    /// <summary>Whether the name is that of a database: of the file, or of its folder where the file has only a date.</summary>
    public static bool IsOf(string name, string database)
    {
        var (folder, file) = Parts(name);
        return (file.Length > 0 ? file : folder) == database || Endings().Replace(Path.GetFileName(name), "") == database;
    }

    private static (string Folder, string File) Parts(string name)
    {
        var folder = Path.GetDirectoryName(name) ?? "";
        return (Rotations.Contains(folder) ? "" : WithoutTime(folder), WithoutTime(Endings().Replace(Path.GetFileName(name), "")));
    }

    private static string WithoutTime(string text) => Words().Replace(Times().Replace(text, ""), "").Trim('-', '_', '.', ' ', '@', '+');

    [GeneratedRegex(
        @"(\.(sql|psql|pgsql|dump|dmp|pgdump|pg_dump|custom|tar|dir|backup|bak|out|txt|db|gz|gzip|tgz|zst|zstd|xz|txz|bz2|lz4|sz|snappy))+$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Endings();

    // A day, a month or a week of this century or the last, with or without the time of the day; a day as 22-11-2026; seconds since 1970.
    [GeneratedRegex(
        """
        (?<![0-9])(
          (19|20)[0-9]{2} ( [-_.]?[0-9]{2} ){1,2} ( [-_.T@+\ ]{0,2} [0-9]{2} [-_.:h]? [0-9]{2} ( [-_.:m]? [0-9]{2} )? [msZ]? )?
          | (19|20)[0-9]{2} [-_.]? W [0-9]{2}
          | [0-3][0-9] [-_.] [01][0-9] [-_.] (19|20)[0-9]{2}
          | 1[0-9]{9} ( [0-9]{3} )?
        )(?![0-9])
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Times();

    [GeneratedRegex(
        "(?<![a-z])(latest|hourly|daily|weekly|monthly|yearly|(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?)(?![a-z])",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();
}
