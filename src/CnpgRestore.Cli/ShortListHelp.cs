using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CnpgRestore.Cli;

/// <summary>
/// The library's help, with one line for each subcommand. A command's description is a summary line, an empty line, and what else to know: the
/// whole of it belongs to the command's own help only.
/// </summary>
sealed class ShortListHelp(HelpAction inner) : SynchronousCommandLineAction
{
    public static void UseIn(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ShortListHelp((HelpAction)help.Action!);
    }

    /// <summary>Whoever asks for help need not give what a run requires.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        foreach (var command in parseResult.CommandResult.Command.Subcommands)
        {
            command.Description = command.Description?.Split('\n')[0];
        }

        return inner.Invoke(parseResult);
    }
}
