using System.Globalization;
using System.Text.RegularExpressions;

namespace CnpgRestore.Databases;

/// <summary>Which psql understands <c>\restrict</c>, by which it runs nothing but SQL (CVE-2025-8714, August 2025).</summary>
public static partial class RestrictedPsql
{
    // The first releases that do.
    private static readonly (int Major, int Minor)[] First = [(13, 22), (14, 19), (15, 14), (16, 10), (17, 6), (18, 0)];

    /// <param name="said">What <c>psql --version</c> prints: <c>psql (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)</c>.</param>
    /// <returns>False also where it says nothing that is understood.</returns>
    public static bool Is(string said)
    {
        if (Version().Match(said) is not { Success: true } match)
        {
            return false;
        }

        var (major, minor) = (int.Parse(match.Groups["major"].ValueSpan, CultureInfo.InvariantCulture), int.TryParse(match.Groups["minor"].ValueSpan, CultureInfo.InvariantCulture, out var found) ? found : 0);
        return major > First[^1].Major || First.Any(release => release.Major == major && minor >= release.Minor);
    }

    [GeneratedRegex(@" (?<major>\d{1,6})(\.(?<minor>\d{1,6}))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Version();
}
