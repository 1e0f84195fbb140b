using System.CommandLine;
using CnpgRestore.Cli.Commands;
using CnpgRestore.Cli.Output;

namespace CnpgRestore.Cli;

/// <summary>The whole command line as one tree.</summary>
static class CommandLine
{
    public static RootCommand Create(TimeProvider clock)
    {
        var root = new RootCommand("Brings CloudNativePG databases back, from Barman Cloud backups in a bucket or from SQL dumps, and proves that it did.");
        Option[] global = [GlobalOptions.Output, GlobalOptions.Verbose, GlobalOptions.Quiet, GlobalOptions.Yes, GlobalOptions.NoInput, GlobalOptions.Color];
        foreach (var option in global)
        {
            root.Options.Add(option);
        }

        // `cnpg-restore [diagram] COMMAND ...` parses and runs nothing: the tests check every documented command line with it.
        root.Directives.Add(new DiagramDirective());
        root.Subcommands.Add(AdviseCommand.Create(clock));
        root.Subcommands.Add(DoctorCommand.Create(clock));
        root.Subcommands.Add(BackupsCommand.Create(clock));
        root.Subcommands.Add(FromBackupCommand.Create(clock));
        root.Subcommands.Add(FromDumpCommand.Create(clock));
        root.Subcommands.Add(RenameCommand.Create(clock));
        root.Subcommands.Add(PruneCommand.Create(clock));
        root.Subcommands.Add(ManifestCommand.Create(clock));
        root.Subcommands.Add(DumpsCommand.Create(clock));
        root.Subcommands.Add(VerifyCommand.Create(clock));
        root.Subcommands.Add(SequencesCommand.Create(clock));
        root.Subcommands.Add(AppsCommand.Create(clock));
        root.Subcommands.Add(DrillCommand.Create(clock));
        root.Subcommands.Add(RunsCommand.Create(clock));
        root.Subcommands.Add(CompletionCommand.Create());
        root.Subcommands.Add(HelpCommand.Create(root));
        root.Subcommands.Add(WalFetchCommand.Create());
        root.Subcommands.Add(LoadCommand.Create(clock));
        root.Subcommands.Add(CatalogueCommand.Create());
        CommandHelp.UseIn(root);
        return root;
    }

    /// <summary>Runs what was parsed; a command line that does not parse is reported with exit code 2 and changes nothing.</summary>
    public static async Task<int> InvokeAsync(ParseResult parse, CancellationToken ct)
    {
        if (Usage.IsBare(parse))
        {
            // Nothing was done, so this is no success: a script that lost the command must notice.
            await HelpCommand.WriteAsync(parse.RootCommandResult.Command, Usage.CommandName(parse).Split(' ')[1..], ct);
            return (int)ProblemCode.Usage;
        }

        if (Usage.ProblemOf(parse) is { } problem)
        {
            return ProblemOutput.Write(parse, problem);
        }

        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parse.InvokeAsync(configuration, ct);
    }
}
