using System.CommandLine;
using CnpgRestore.Cli.Output;

namespace CnpgRestore.Cli;

/// <summary>Options that every command understands; their names follow kubectl and restic and are fixed.</summary>
static class GlobalOptions
{
    public static readonly Option<OutputFormat> Output = new("--output", "-o")
    {
        Description = "Form of the result: text, json or yaml. A run prints one JSON line per message.",
        Recursive = true,
        HelpName = "text|json|yaml",
        CustomParser = result => Choice<OutputFormat>(result, "--output"),
    };

    public static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Show each object, segment or statement as it is worked on.", Recursive = true };

    public static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Show problems and the result only.", Recursive = true };

    public static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do what the plan says without asking.", Recursive = true };

    public static readonly Option<bool> NoInput = new("--no-input") { Description = "Never ask; a question without --yes is a refusal.", Recursive = true };

    public static readonly Option<ColorMode> Color = new("--color")
    {
        Description = "Colour on a terminal (auto), always, or never. NO_COLOR is honoured.",
        Recursive = true,
        HelpName = "auto|always|never",
        CustomParser = result => Choice<ColorMode>(result, "--color"),
    };

    /// <summary>The value, or the default where the command line gives a wrong one: an error about the command line must still be printable.</summary>
    public static T? Lenient<T>(ParseResult parse, Option<T> option) =>
        parse.GetResult(option) is { } result && result.Errors.Any() ? default : parse.GetValue(option);

    private static T Choice<T>(System.CommandLine.Parsing.ArgumentResult result, string option)
        where T : struct, Enum
    {
        var text = result.Tokens[^1].Value;
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        var choices = string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant();
        result.AddError($"'{text}' is not valid for {option}; choose one of {choices}.");
        return default;
    }
}
