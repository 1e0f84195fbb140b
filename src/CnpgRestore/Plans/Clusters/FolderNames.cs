using System.Globalization;

namespace CnpgRestore.Plans.Clusters;

/// <summary>Names for server folders: of a new lineage, and of what is moved aside.</summary>
static class FolderNames
{
    private const string Stamp = "yyyyMMdd't'HHmmss'z'";

    /// <summary>Another generation of the same name: the next <c>-vN</c>, or the time. <c>-v17</c> on a PostgreSQL 17 is a version and is left alone.</summary>
    public static string Next(string name, IReadOnlySet<string> names, int? postgresMajor, DateTimeOffset now)
    {
        if (Numbered(name) is var (stem, number) && number != postgresMajor)
        {
            return Enumerable.Range(number + 1, int.MaxValue - number - 1)
                .Select(next => string.Create(CultureInfo.InvariantCulture, $"{stem}-v{next}")).First(next => !names.Contains(next));
        }

        return Timed(name, now);
    }

    /// <summary>Whether a folder may be named as another generation of one, older or newer: <c>orders-v3</c> of <c>orders-v2</c>, <c>orders-copy</c> of <c>orders</c>.</summary>
    public static bool IsGeneration(string name, string of)
    {
        var stem = Numbered(of)?.Stem ?? Untimed(of);
        return name != of && (name == stem || name.StartsWith($"{stem}-", StringComparison.Ordinal));
    }

    /// <summary>With the time, for where nobody knows which names are taken.</summary>
    public static string Timed(string name, DateTimeOffset now)
    {
        // A name that was made this way before is not made longer each time.
        return $"{Untimed(name)}-{now.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture)}";
    }

    /// <summary>Where the present content goes.</summary>
    /// <param name="preferred">Taken where it is free.</param>
    public static string Aside(string name, string? preferred, IReadOnlySet<string> names)
    {
        if (preferred is not null && !names.Contains(preferred))
        {
            return preferred;
        }

        var first = $"{name}-backup";
        return Enumerable.Range(2, int.MaxValue - 2).Select(number => string.Create(CultureInfo.InvariantCulture, $"{first}-{number}")).Prepend(first).First(free => !names.Contains(free));
    }

    private static (string Stem, int Number)? Numbered(string name) =>
        name.LastIndexOf("-v", StringComparison.Ordinal) is > 0 and var dash && int.TryParse(name.AsSpan(dash + 2), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (name[..dash], number)
            : null;

    private static string Untimed(string name) =>
        name.Length > 17 && DateTime.TryParseExact(name[^16..], Stamp, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? name[..^17] : name;
}
