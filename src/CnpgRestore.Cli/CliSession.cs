using System.CommandLine;
using CnpgRestore.Cli.Output;
using Spectre.Console;

namespace CnpgRestore.Cli;

/// <summary>
/// What a command has of its surroundings: the result stream (stdout), the progress stream (stderr), the clock, and the global options.
/// </summary>
sealed class CliSession
{
    public CliSession(ParseResult parse, TimeProvider clock)
    {
        Clock = clock;
        Format = parse.GetValue(GlobalOptions.Output).GetValueOrDefault();
        Verbose = parse.GetValue(GlobalOptions.Verbose);
        Quiet = parse.GetValue(GlobalOptions.Quiet);
        Yes = parse.GetValue(GlobalOptions.Yes);
        var color = parse.GetValue(GlobalOptions.Color).GetValueOrDefault();
        Result = CreateConsole(Console.Out, color, Console.IsOutputRedirected);
        Progress = CreateConsole(Console.Error, color, Console.IsErrorRedirected);
        IsTerminal = !Console.IsErrorRedirected && Format == OutputFormat.Text && !EnvironmentVariables.IsDumbTerminal;
        MayAsk = IsTerminal && !Console.IsInputRedirected && !parse.GetValue(GlobalOptions.NoInput);
    }

    public TimeProvider Clock { get; }

    public OutputFormat Format { get; }

    public bool Verbose { get; }

    public bool Quiet { get; }

    public bool Yes { get; }

    /// <summary>stdout: the result, and nothing else.</summary>
    public IAnsiConsole Result { get; }

    /// <summary>stderr: progress, questions and problems.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>Whether progress may redraw itself.</summary>
    public bool IsTerminal { get; }

    /// <summary>Whether a person is there to answer.</summary>
    public bool MayAsk { get; }

    public static IAnsiConsole CreateConsole(TextWriter writer, ColorMode color, bool redirected)
    {
        var colored = color == ColorMode.Always || (color == ColorMode.Auto && !redirected && !EnvironmentVariables.NoColor);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colored ? AnsiSupport.Yes : AnsiSupport.Detect,
            ColorSystem = colored ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(writer),
        });
        if (redirected)
        {
            // A file or a pipe has no width: tables must not be cut or wrapped for it.
            console.Profile.Width = 4096;
        }

        return console;
    }
}
