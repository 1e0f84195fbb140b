using System.Globalization;
using System.Security.Cryptography;

namespace CnpgRestore.Runs;

/// <summary>Names one run, sorts by time, and is the journal's file name: <c>20261122t140000z-rename-4f2a</c>.</summary>
public readonly record struct RunId(string Value)
{
    private const string Stamp = "yyyyMMdd't'HHmmss'z'";
    private const int HexDigits = 4;

    /// <summary>A run whose time lies further ahead was named by a clock that was wrong.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <param name="newest">A run before this one, whose name has to sort before it: in the same second it would do so by chance.</param>
    public static RunId Create(string command, TimeProvider clock, RunId? newest = null)
    {
        var now = clock.GetUtcNow();
        var next = newest?.Time + TimeSpan.FromSeconds(1);
        var time = next > now && next - now < Ahead ? next.Value : now;
        return new RunId($"{time.ToString(Stamp, CultureInfo.InvariantCulture)}-{command}-{RandomNumberGenerator.GetHexString(HexDigits, lowercase: true)}");
    }

    /// <summary>Null where the text is no name of a run.</summary>
    public static RunId? TryParse(string text)
    {
        var run = new RunId(text);
        return run.Time is not null && text.Split('-') is [_, .. { Length: > 0 } command, var last] && command.All(IsWord) && last.Length == HexDigits && last.All(char.IsAsciiHexDigitLower)
            ? run
            : null;
    }

    /// <summary>The verb between the time and the last four digits: <c>from-dump</c>; empty where there is none.</summary>
    public string Command => Value.Split('-') is [_, .. { Length: > 0 } command, _] ? string.Join('-', command) : "";

    /// <summary>When the run began; null where the name does not tell.</summary>
    public DateTimeOffset? Time => DateTimeOffset.TryParseExact(
        Value.Split('-')[0], Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    public override string ToString() => Value;

    private static bool IsWord(string part) => part.Length > 0 && part.All(char.IsAsciiLetterLower);
}
