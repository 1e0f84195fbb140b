using System.CommandLine;
using CnpgRestore.Cli.Output;
using Spectre.Console;

namespace CnpgRestore.Cli;

/// <summary>
/// What a command has of its surroundings: the result stream (stdout), the progress stream (stderr), the clock, and the global options.
/// </summary>
sealed class CliSession
{
    private readonly ParseResult _parse;

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
        var isTerminal = !Console.IsErrorRedirected && Format == OutputFormat.Text && !EnvironmentVariables.IsDumbTerminal;
        IsTerminal = isTerminal && color switch { ColorMode.Never => false, ColorMode.Always => true, ColorMode.Auto => !EnvironmentVariables.NoColor };
        NoInput = parse.GetValue(GlobalOptions.NoInput);
        MayAsk = isTerminal && !Console.IsInputRedirected && !NoInput;
        _parse = parse;
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

    /// <summary>Whether nobody is to be asked although there may be a terminal.</summary>
    public bool NoInput { get; }

    /// <summary>Whether progress may redraw itself.</summary>
    public bool IsTerminal { get; }

    /// <summary>Whether a person is there to answer.</summary>
    public bool MayAsk { get; }

    /// <summary>Commands in a text, with the options by which this command line has reached cluster and bucket.</summary>
    public string Complete(string text) => HintCommands.Complete(text, _parse)!;

    public static IAnsiConsole CreateConsole(TextWriter writer, ColorMode color, bool redirected)
    {
        var colored = color == ColorMode.Always || (color == ColorMode.Auto && !redirected && !EnvironmentVariables.NoColor);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colored ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colored ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(writer),
        });
        if (redirected)
        {
            // A file or a pipe has no width: tables must not be cut or wrapped for it.
            console.DoNotFold();
        }

        return console;
    }
}
