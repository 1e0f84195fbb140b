using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Folder;
using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>dumps list PATH</c>: the dumps of a folder, and which one is the latest that is whole.</summary>
static class DumpsListCommand
{
    public static Command Create(TimeProvider clock)
    {
        var path = new Argument<string?>("PATH")
        {
            Description = "Folder that postgres-backup-local writes to, for example a mounted NFS share; or one dump. With --nfs, --pvc or --host-path: within that.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--check") { Description = "Read every dump to its end, not only the newest ones." };
        var command = new Command("list", """
            List the dumps of a folder, newest first, and find the latest complete one.

            The newest dump is read to its end; where it is not complete, the one before it, until one is. Nothing is changed.

            Exit codes: 0 listed, 3 no dump is complete, or with --check one is not, 10 no such folder or no dump in it, 12 permission denied, also for one
            of them: the others are listed.

            Examples:
              # A mounted share of postgres-backup-local
              cnpg-restore dumps list /mnt/dumps
              # On an NFS export that only the cluster reaches
              cnpg-restore dumps list --nfs nas:/volume1/dumps -n db
            """) { path, all };
        var remote = new RemoteDumps(command);
        command.Check(result =>
        {
            if (!remote.Volumes.IsIn(result) && result.GetValue(path) is null)
            {
                result.AddError("dumps list needs PATH, or one of --nfs, --pvc, --host-path.");
            }
        });
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            return await remote.WithAsync(parse, session, source => RunAsync(session, source.Place, source == DumpSource.Local ? parse.GetValue(path)! : source.PathOf(parse.GetValue(path)), parse.GetValue(all), ct), ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, IDumpPlace place, string path, bool all, CancellationToken ct)
    {
        var (folder, latest) = await (await DumpFolder.ReadAsync(place, path, ct)).FindLatestAsync(database: null, ct);
        foreach (var dump in folder.Dumps.Where(dump => dump.Inspection is null && (all || dump.File.Refusal is not null)).ToList())
        {
            folder = folder.With(dump, await DumpInspector.InspectAsync(dump.File, progress: null, ct));
        }

        DumpsListOutput.Write(session, folder, latest);
        var allComplete = folder.Dumps.All(dump => dump.Inspection is { IsComplete: true });
        if (folder.Dumps.Any(dump => dump.File.Refusal is not null))
        {
            return (int)ProblemCode.AccessDenied;
        }

        return latest is null || (all && !allComplete) ? (int)ProblemCode.Differences : 0;
    }
}
