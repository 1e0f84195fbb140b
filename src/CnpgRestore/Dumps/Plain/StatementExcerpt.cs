using System.Text.RegularExpressions;

namespace CnpgRestore.Dumps.Plain;

/// <summary>The beginning of a statement for a message: on one line, and without the passwords that some kinds of statements hold.</summary>
static partial class StatementExcerpt
{
    /// <param name="length">Most characters.</param>
    public static string Of(string statement, int length)
    {
        var words = string.Join(' ', statement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        // What is not shown need not be hidden, and may be as long as a megabyte.
        var shown = words.Length > length ? words[..length] : words;
        return WithSecret().Match(shown) is { Success: true } match ? $"{match.Value} ***" : words.Length > length ? $"{shown} ..." : words;
    }

    // Up to the word behind which a secret may stand: roles, user mappings, foreign servers, subscriptions.
    [GeneratedRegex(
        @"^.*?\b(CREATE|ALTER)\s+(ROLE|USER|GROUP|SERVER|SUBSCRIPTION)\b.*?\b(PASSWORD|OPTIONS|CONNECTION)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex WithSecret();
}
