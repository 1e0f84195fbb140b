using System.CommandLine;
using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Cli.Output;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>backups show ID</c>: everything about one base backup.</summary>
static class BackupsShowCommand
{
    public static Command Create(TimeProvider clock)
    {
        var id = new Argument<BackupId>("ID")
        {
            Description = "Base backup, for example 20260301T020000.",
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (!BackupId.TryParse(text, provider: null, out var parsed))
                {
                    result.AddError($"'{text}' is not a backup id; expected something like 20260301T020000.");
                }

                return parsed;
            },
        };
        var place = new BackupFolderOptions();
        var command = new Command("show", """
            Show one base backup: its tars, its tablespaces, the WAL it needs, and how far recovery comes from it.

            Exit codes: 0 shown, 10 no such folder or backup, 12 access denied, 13 store unreachable.

            Examples:
              # By the ID that backups list shows
              cnpg-restore backups show 20260301T020000 --cluster postgres-v17 -n db
            """) { id };
        place.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var (store, server) = await place.OpenAsync(parse, session, ct);
            using (store)
            {
                return await RunAsync(session, store, server, parse.GetRequiredValue(id), ct);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, IObjectStore store, string? server, BackupId id, CancellationToken ct)
    {
        var folder = await ServerFolders.ChooseAsync(store, server, ct);
        var (catalog, archive) = await BackupsCommand.ReadAsync(store, folder, session.Clock, ct);
        var backup = catalog.Find(id) ?? throw new RestoreException(
            ProblemCode.NotFound,
            $"Cannot find backup {id} in {folder.Base}",
            $"backups there: {string.Join(", ", catalog.Backups.Select(other => other.Id))}",
            $"cnpg-restore backups list --server {folder.Name}");
        BackupsShowOutput.Write(session, folder, backup, RecoveryRoute.Find(backup, archive));
        return 0;
    }
}
