using System.CommandLine;
using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Cli.Output;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>backups check</c>: proves or refutes that a recovery target can be reached.</summary>
static class BackupsCheckCommand
{
    public static Command Create(TimeProvider clock)
    {
        var target = new RecoveryTargetOptions();
        var place = new BackupFolderOptions();
        var command = new Command("check", """
            Prove or refute that a moment can be reached: from which base backup, over which timelines, with which WAL segments.

            Without a target: the end of the archive. Nothing is restored; at most a few WAL segments are read.

            Exit codes: 0 reachable, or "not proven": only a replay can tell (--target-xid, --target-name, or a last segment that cannot be read), 10 no backup or the target is not in the archive, 12 access denied, 13 store
            unreachable, 14 a WAL segment is missing in front of the target.

            Examples:
              # Can the minute before the mistake be reached?
              cnpg-restore backups check --cluster postgres-v17 -n db --target-time 2026-03-01T10:00:00Z
              # Without Kubernetes
              cnpg-restore backups check -b s3://pg -e https://s3.example.org --server postgres-v17
            """);
        target.AddTo(command);
        place.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var (store, server) = await place.OpenAsync(parse, session, ct);
            using (store)
            {
                return await RunAsync(session, store, server, target.Read(parse), target.BackupId(parse), ct);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, IObjectStore store, string? server, RecoveryTarget target, BackupId? backup, CancellationToken ct)
    {
        var folder = await ServerFolders.ChooseAsync(store, server, ct);
        var (catalog, archive) = await BackupsCommand.ReadAsync(store, folder, session.Clock, ct);
        var answer = await new TargetCheck(store, catalog, archive).RunAsync(target, backup, ct);
        BackupsCheckOutput.Write(session, folder, target, answer);
        return answer is Reachability.Unreachable no ? throw new RestoreException(no.Problem) : 0;
    }
}
