using System.CommandLine;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>help [COMMAND ...]</c>: what <c>--help</c> prints behind that command, as kubectl and restic have it.</summary>
static class HelpCommand
{
    public static Command Create(RootCommand root)
    {
        var words = new Argument<string[]>("COMMAND") { Description = "Of which command; for example: backups list.", HelpName = "COMMAND", Arity = ArgumentArity.ZeroOrMore };
        words.CompletionSources.Add(_ => root.Subcommands.Where(command => !command.Hidden).Select(command => new System.CommandLine.Completions.CompletionItem(command.Name)));
        var command = new Command("help", "Help of a command.") { words };
        command.SetAction((parse, ct) => WriteAsync(root, parse.GetValue(words) ?? [], ct));
        return command;
    }

    /// <summary>To stdout; words that are no command are refused as in every command line.</summary>
    public static Task<int> WriteAsync(Command root, IEnumerable<string> command, CancellationToken ct) => CommandLine.InvokeAsync(root.Parse([.. command, "--help"]), ct);
}
