using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;

namespace CnpgRestore.Cli;

/// <summary>
/// The library's help. A command's description is a summary line, and after an empty line what else to know, down to its examples: the whole of it
/// belongs to the command's own help, the summary alone to the list that the command is in.
/// </summary>
sealed class CommandHelp(HelpAction inner) : SynchronousCommandLineAction
{
    private const int PipedWidth = 120;

    public static void UseIn(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new CommandHelp((HelpAction)help.Action!);
    }

    /// <summary>Whoever asks for help need not give what a run requires.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var command = parseResult.CommandResult.Command;
        command.Description = WithoutLineBreaks(command.Description ?? "");
        foreach (var listed in command.Subcommands)
        {
            listed.Description = listed.Description?.Split('\n')[0];
        }

        // A terminal says itself how wide it is. Into a pipe, less for example, the longest examples are whole and the lines can be read.
        if (Console.IsOutputRedirected)
        {
            inner.MaxWidth = EnvironmentVariables.Columns ?? PipedWidth;
        }

        return inner.Invoke(parseResult);
    }

    /// <summary>The sources break a paragraph where their own lines end; a terminal breaks it where it ends. Lines that are indented stay as they are.</summary>
    private static string WithoutLineBreaks(string description)
    {
        var text = new StringBuilder();
        var inParagraph = false;
        foreach (var line in description.Split('\n'))
        {
            var isProse = line is not ("" or [' ', ..]);
            text.Append(text.Length == 0 ? "" : inParagraph && isProse ? " " : "\n").Append(line);
            inParagraph = isProse;
        }

        return text.ToString();
    }
}
