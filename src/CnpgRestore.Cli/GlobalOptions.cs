using System.CommandLine;
using CnpgRestore.Cli.Output;

namespace CnpgRestore.Cli;

/// <summary>Options that every command understands; their names follow kubectl and restic and are fixed.</summary>
static class GlobalOptions
{
    public static readonly Option<OutputFormat?> Output = Recursive(Arg.Choice<OutputFormat>(
        "--output", ["-o"], "Form of the result: text, json or yaml. A run prints one JSON line per message.", "text", "json", "yaml"));

    public static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Show each object, segment or statement as it is worked on.", Recursive = true };

    public static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Show problems and the result only.", Recursive = true };

    public static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do what the plan says without asking.", Recursive = true };

    public static readonly Option<bool> NoInput = new("--no-input") { Description = "Never ask. Without --yes, stop with exit 15.", Recursive = true };

    public static readonly Option<ColorMode?> Color = Recursive(Arg.Choice<ColorMode>(
        "--color", [], "Colour on a terminal (auto), always, or never. NO_COLOR is honoured.", "auto", "always", "never"));

    /// <summary>The value, or the default where the command line gives a wrong one: an error about the command line must still be printable.</summary>
    public static T Lenient<T>(ParseResult parse, Option<T?> option)
        where T : struct =>
        parse.GetResult(option) is { } result && result.Errors.Any() ? default : parse.GetValue(option).GetValueOrDefault();

    private static Option<T?> Recursive<T>(Option<T?> option)
        where T : struct
    {
        option.Recursive = true;
        return option;
    }
}
