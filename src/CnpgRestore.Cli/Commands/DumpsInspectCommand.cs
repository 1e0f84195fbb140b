using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>dumps inspect FILE</c>: everything that one pass over a dump shows.</summary>
static class DumpsInspectCommand
{
    public static Command Create(TimeProvider clock)
    {
        var file = new Argument<string>("FILE") { Description = "A dump: SQL, plain or packed, or an archive of pg_dump." };
        var command = new Command("inspect", """
            Read a dump to its end and show what is in it: versions, databases, tables with their rows, what it drops and creates.

            Compression and format are recognised by content, whatever the name says. Nothing is changed.

            An archive is read through pg_restore, of this machine or of the image; where that is missing or too old, only its head is shown.

            Exit codes: 0 complete, 3 truncated, damaged, empty or not read to its end, 10 no such file, 12 permission denied.

            Examples:
              # A dump on a mounted share
              cnpg-restore dumps inspect /mnt/dumps/last/app-latest.sql.gz
              # One on an NFS export that only the cluster reaches
              cnpg-restore dumps inspect last/app-latest.sql.gz --nfs nas:/volume1/dumps -n db
            """) { file };
        var remote = new RemoteDumps(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            return await remote.WithAsync(parse, session, source => RunAsync(session, source.Place, source == DumpSource.Local ? parse.GetRequiredValue(file) : source.PathOf(parse.GetRequiredValue(file)), ct), ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, IDumpPlace place, string path, CancellationToken ct)
    {
        var inspection = await DumpInspector.InspectAsync(await DumpFile.OpenAsync(place, path, ct), progress: null, ct);
        DumpsInspectOutput.Write(session, inspection);
        return inspection.IsComplete ? 0 : (int)ProblemCode.Differences;
    }
}
