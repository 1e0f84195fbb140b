using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Databases;
using CnpgRestore.Databases.Verification;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>verify</c>: compares a database with its dump, or with what was counted in it earlier.</summary>
static class VerifyCommand
{
    public static Command Create(TimeProvider clock)
    {
        var dump = new Option<string?>("--dump") { Description = "Compare with this dump: every table has as many rows as there.", HelpName = "FILE" };
        var baseline = new Option<string?>("--baseline") { Description = "Compare with what verify --save wrote.", HelpName = "FILE" };
        var save = Arg.NewFile("--save", "Count every row and write what is there now, to be compared with later.", "FILE");
        var checks = new SqlCheckOption();
        var place = new DatabaseOptions();
        var volumes = new DumpVolumeOptions();
        var command = new Command("verify", """
            Compare a database with its dump or with a baseline: rows of every table, owners, extensions, constraints, indexes, sequences.

            Changes no data; every row is counted. If the Cluster has no superuser access, a temporary superuser role cnpg_restore_* is created and dropped again
            (that of a killed command expires after 7 days). A dump that is in the cluster is read by a short-lived pod. Of a dump of all databases, the
            part of this one is taken.

            Exit codes: 0 no difference, 3 differences, 10 no such Cluster, database or file, 12 access denied, 13 server unreachable,
            15 the dump is not whole or cannot be read here, or the Cluster's pod runs no command, 20 the server refuses to count.

            Examples:
              # With the dump that it was loaded from
              cnpg-restore verify postgres-v17 -n db --dump /mnt/dumps/last/app-latest.sql.gz
              # Before and after an upgrade
              cnpg-restore verify postgres-v17 -n db --save before.json
              cnpg-restore verify postgres-v17 -n db --baseline before.json
            """) { dump, baseline, save };
        checks.AddTo(command);
        place.AddTo(command);
        volumes.AddTo(command);
        command.Check(result =>
        {
            if (((Option[])[dump, baseline, save]).Count(option => result.GetResult(option) is not null) > 1)
            {
                result.AddError("--dump, --baseline and --save exclude each other.");
            }

            if (volumes.IsIn(result) && (result.GetValue(dump) is null || !place.NamesCluster(result)))
            {
                result.AddError("--nfs, --pvc and --host-path go with CLUSTER and --dump.");
            }

            foreach (var error in volumes.Errors(result))
            {
                result.AddError(error);
            }
        });
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var name = await place.NameAsync(parse, session, ct);
            if (parse.GetValue(save) is { } path)
            {
                await using var counted = await place.OpenAsync(parse, session, ct);
                return await SaveAsync(session, counted.Server, name, path, ct);
            }

            var statements = await checks.ReadAsync(parse, name, ct);
            var expected = parse.GetValue(dump) is { } file ? Expectation.Of(await ReadDumpAsync(file, name))
                : parse.GetValue(baseline) is { } known ? Expectation.Of(await Baseline.ReadAsync(known, ct))
                : null;
            // Reading a large dump takes its time: the server is reached when all else is known.
            await using var opened = await place.OpenAsync(parse, session, ct);
            var result = await new DatabaseVerification(opened.Server, name).RunAsync(expected, statements, progress: null, ct);
            VerificationOutput.Write(session, result);
            return result.Passed ? 0 : (int)ProblemCode.Differences;

            async Task<DumpDatabase> ReadDumpAsync(string file, string name)
            {
                var volume = volumes.Read(parse);
                using var api = volume is null ? null : place.Connect(parse, session);
                await using var source = await DumpSource.OpenAsync(api, volume, volumes.Image(parse), place.Cluster(parse), session, ct);
                var dumpFile = await DumpFile.OpenAsync(source.Place, volume is null ? file : source.PathOf(file), ct);
                return await OfDumpAsync(dumpFile, name, $"cnpg-restore dumps inspect {file}{(volume is null ? "" : $" -n {api!.Namespace} {volume.ToOption()}")}", ct);
            }
        });
        return command;
    }

    /// <param name="inspect">The command that shows what is in the dump.</param>
    private static async Task<DumpDatabase> OfDumpAsync(DumpFile dump, string database, string inspect, CancellationToken ct)
    {
        var inspection = await DumpInspector.InspectWhollyAsync(dump, progress: null, ct);
        if (!inspection.IsComplete)
        {
            throw new RestoreException(ProblemCode.Refused, $"{dump.Path} is not a whole dump: nothing can be compared with it", inspection.Reason, inspect);
        }

        return inspection.Find(database) ?? throw new RestoreException(
            ProblemCode.NotFound,
            $"{dump.Path} holds no database {database}",
            $"it holds {string.Join(", ", inspection.Databases.Select(part => part.Name))}",
            inspect);
    }

    private static async Task<int> SaveAsync(CliSession session, IDatabaseServer server, string database, string path, CancellationToken ct)
    {
        await using var asked = await DatabaseSession.OpenAsync(server, database, ct);
        var baseline = await new Relations(asked).TakeBaselineAsync(session.Clock, progress: null, ct);
        await baseline.WriteAsync(path, ct);
        var rows = baseline.Tables.Sum(table => table.Rows);
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, new BaselineSummary("summary", database, baseline.Tables.Count, rows, path), CliJson.Readable.BaselineSummary);
            return 0;
        }

        session.Result.Line(FormattableString.Invariant($"{database}: {Counted.Of(baseline.Tables.Count, "table")} with {Counted.Of(rows, "row")}, written to {path}"));
        return 0;
    }
}
