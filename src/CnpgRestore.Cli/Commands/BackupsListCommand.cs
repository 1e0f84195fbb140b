using System.CommandLine;
using CnpgRestore.Barman;
using CnpgRestore.Barman.Findings;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Cli.Output;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>backups list</c>: every base backup, the recovery window, and what is odd about the folder.</summary>
static class BackupsListCommand
{
    public static Command Create(TimeProvider clock)
    {
        var place = new BackupFolderOptions();
        var command = new Command("list", """
            List the base backups of a server folder, the earliest and latest moment you can recover to, and what is wrong with the folder.

            Lists names and reads each backup.info, the history files and the last WAL segment; nothing is changed.

            Exit codes: 0 listed, 10 no folder or no backup, 12 access denied, also to one backup.info: the others are listed, 13 store unreachable.

            Examples:
              # Of a Cluster, with its bucket and its Secret
              cnpg-restore backups list --cluster postgres-v17 -n db
              # Of a bucket, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
              cnpg-restore backups list -b s3://pg -e https://s3.example.org --server postgres-v17
            """);
        place.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var (store, server) = await place.OpenAsync(parse, session, ct);
            using (store)
            {
                return await RunAsync(session, store, server, ct);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, IObjectStore store, string? server, CancellationToken ct)
    {
        var folder = await ServerFolders.ChooseAsync(store, server, ct);
        var (catalog, archive) = await BackupsCommand.ReadAsync(store, folder, session.Clock, ct);
        var window = await RecoveryWindow.ReadAsync(store, catalog, archive, ct);
        var survey = new FolderSurvey(store.Address, catalog, archive, window, FolderFindings.Of(catalog, archive, window));
        BackupsListOutput.Write(session, survey);
        return catalog.Backups.Any(backup => backup.IsClosed) ? (int)ProblemCode.AccessDenied : 0;
    }
}
