using Spectre.Console;

namespace CnpgRestore.Cli.Output;

static class PlainLine
{
    /// <summary>More than any line has.</summary>
    private const int Unbounded = 4096;

    /// <summary>
    /// A line as it is: the terminal may wrap it, so that a path or a command in it can still be copied whole. Spectre would break it at the
    /// edge for good. Not to be used while a progress bar is redrawn.
    /// </summary>
    public static void Line(this IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);

    /// <summary>A table as wide as it is, as kubectl prints one: Spectre would break names in the middle, and leave out columns.</summary>
    public static void Rows(this IAnsiConsole console, Table table)
    {
        using var text = new StringWriter();
        var capabilities = console.Profile.Capabilities;
        var wide = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = capabilities.Ansi ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = (ColorSystemSupport)capabilities.ColorSystem,
            Out = new AnsiConsoleOutput(text),
        });
        wide.Profile.Width = Unbounded;
        wide.Write(table);
        foreach (var line in text.ToString().TrimEnd('\n').Split('\n'))
        {
            console.Line(line.TrimEnd());
        }
    }

    /// <summary>The console does not fold what is written; the terminal does.</summary>
    public static void DoNotFold(this IAnsiConsole console) => console.Profile.Width = Unbounded;
}
