using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using CnpgRestore.Postgres;

namespace CnpgRestore.Cli;

/// <summary>
/// A moment on the command line: ISO 8601, or as psql prints it (<c>2026-03-01 10:00:00+00</c>). The offset is never guessed.
/// </summary>
static partial class TimeOption
{
    private const string Example = "2026-03-01T10:00:00Z";

    public static Option<TargetTime?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = Example,
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            var moment = ToIso(text);
            if (TargetTime.TryParse(moment, CultureInfo.InvariantCulture, out var time))
            {
                return time;
            }

            result.AddError(TargetTime.TryParse($"{moment}Z", CultureInfo.InvariantCulture, out _)
                ? $"'{text}' has no offset, so {name} could mean several moments: write {moment}Z for UTC, or for example {moment}+02:00."
                : $"'{text}' is not valid for {name}; expected something like {Example}.");
            return null;
        },
    };

    private static string ToIso(string text)
    {
        if (Form().Match(text) is not { Success: true } match)
        {
            return text;
        }

        var offset = match.Groups["offset"].Value.TrimStart();
        return $"{match.Groups["date"].Value}T{match.Groups["time"].Value}{(offset is "UTC" ? "Z" : offset.Length == "+00".Length ? $"{offset}:00" : offset)}";
    }

    [GeneratedRegex(@"^(?<date>\d{4}-\d{2}-\d{2})[ T](?<time>\d{2}:\d{2}:\d{2}(\.\d{1,6})?)(?<offset> ?UTC|Z|[+-]\d{2}(:\d{2})?)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
