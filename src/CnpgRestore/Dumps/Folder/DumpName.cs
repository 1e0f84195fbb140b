using System.Globalization;
using System.Text.RegularExpressions;

namespace CnpgRestore.Dumps.Folder;

/// <summary>
/// A file name as postgres-backup-local makes it (backup.sh): <c>app-20261122-143000.sql.gz</c> in last/, <c>app-20261122</c> in daily/, the ISO year
/// and week <c>app-202647</c> in weekly/, <c>app-202611</c> in monthly/, and <c>app-latest</c> in each; or the runbook's <c>latest.sql</c>.
/// </summary>
/// <param name="Database">Null for <c>latest.sql</c>.</param>
/// <param name="From">When the span that the name speaks of begins, taken as UTC; null for a name without a date.</param>
/// <param name="To">When it ends.</param>
public sealed partial record DumpName(string? Database, DateTimeOffset? From, DateTimeOffset? To)
{
    private const string DefaultSuffix = ".sql";

    public bool IsLatest => From is null;

    /// <param name="folder">The name of the folder that the file is in, which tells a week from a month.</param>
    /// <returns>Null for a name of another form.</returns>
    public static DumpName? TryParse(string name, string folder)
    {
        if (name.StartsWith($"latest{DefaultSuffix}", StringComparison.Ordinal))
        {
            return new DumpName(Database: null, From: null, To: null);
        }

        if (Form().Match(name) is not { Success: true } match)
        {
            return null;
        }

        var database = match.Groups["database"].Value;
        var stamp = match.Groups["stamp"].Value;
        return stamp == "latest" ? new DumpName(database, From: null, To: null)
            : Span(stamp, isWeek: folder == "weekly") is { } span ? new DumpName(database, span.From, span.To)
            : null;
    }

    private static (DateTimeOffset From, DateTimeOffset To)? Span(string stamp, bool isWeek)
    {
        if (isWeek && stamp.Length == "202647".Length)
        {
            var (year, week) = (int.Parse(stamp[..4], CultureInfo.InvariantCulture), int.Parse(stamp[4..], CultureInfo.InvariantCulture));
            return week >= 1 && year is > 0 and < 9999 && week <= ISOWeek.GetWeeksInYear(year) ? (Monday(year, week), Monday(year, week).AddDays(7)) : null;
        }

        // The last year has no day behind it.
        return stamp.StartsWith("9999", StringComparison.Ordinal) ? null
            : Read(stamp, "yyyyMMdd-HHmmss") is { } second ? (second, second)
            : Read(stamp, "yyyyMMdd") is { } day ? (day, day.AddDays(1))
            : Read(stamp, "yyyyMM") is { } month ? (month, month.AddMonths(1))
            : null;
    }

    private static DateTimeOffset Monday(int year, int week) => new(ISOWeek.ToDateTime(year, week, DayOfWeek.Monday), TimeSpan.Zero);

    private static DateTimeOffset? Read(string stamp, string form) =>
        DateTimeOffset.TryParseExact(stamp, form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    [GeneratedRegex(@"^(?<database>.+?)-(?<stamp>[0-9]{8}-[0-9]{6}|[0-9]{8}|[0-9]{6}|latest)(\..*)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
