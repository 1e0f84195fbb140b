using Spectre.Console;

namespace CnpgRestore.Cli.Output;

static class PlainLine
{
    /// <summary>
    /// A line as it is: the terminal may wrap it, so that a path or a command in it can still be copied whole. Spectre would break it at the
    /// edge for good. Not to be used while a progress bar is redrawn.
    /// </summary>
    public static void Line(this IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);
}
