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
        var save = new Option<string?>("--save") { Description = "Count every row and write what is there now, to be compared with later.", HelpName = "FILE" };
        var database = new Option<string?>("--database") { Description = "Database of the server, and its part of the dump. Default: that of --to.", HelpName = "NAME" };
        var checks = new SqlCheckOption();
        var server = new ServerOptions(required: true);
        var command = new Command("verify", """
            Compare a database with its dump or with a baseline: rows of every table, owners, extensions, constraints, indexes, sequences.

            Reads only; every row is counted.
            Exit codes: 0 no difference, 3 differences, 10 no such database or file, 12 access denied, 13 server unreachable.
            """) { dump, baseline, save, database };
        checks.AddTo(command);
        server.AddTo(command);
        command.Check(result =>
        {
            if (((Option[])[dump, baseline, save]).Count(option => result.GetResult(option) is not null) > 1)
            {
                result.AddError("--dump, --baseline and --save exclude each other.");
            }
        });
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var url = server.Read(parse, session);
            var name = parse.GetValue(database) ?? url.Database;
            await using var opened = new UrlServer(url);
            if (parse.GetValue(save) is { } path)
            {
                return await SaveAsync(session, opened, name, path, ct);
            }

            var statements = await checks.ReadAsync(parse, name, ct);
            var expected = parse.GetValue(dump) is { } file ? Expectation.Of(await OfDumpAsync(file, name, ct))
                : parse.GetValue(baseline) is { } known ? Expectation.Of(await Baseline.ReadAsync(known, ct))
                : null;
            var result = await new DatabaseVerification(opened, name).RunAsync(expected, statements, progress: null, ct);
            VerificationOutput.Write(session, result);
            return result.Passed ? 0 : (int)ProblemCode.Differences;
        });
        return command;
    }

    private static async Task<DumpDatabase> OfDumpAsync(string path, string database, CancellationToken ct)
    {
        var inspection = await DumpInspector.InspectWhollyAsync(await DumpFile.OpenAsync(path, ct), progress: null, ct);
        if (!inspection.IsComplete)
        {
            throw new RestoreException(ProblemCode.Refused, $"{path} is not a whole dump: nothing can be compared with it", inspection.Reason, $"cnpg-restore dumps inspect {path}");
        }

        return inspection.Find(database) ?? throw new RestoreException(
            ProblemCode.NotFound,
            $"{path} holds no database {database}",
            $"it holds {string.Join(", ", inspection.Databases.Select(part => part.Name))}",
            $"cnpg-restore dumps inspect {path}");
    }

    private static async Task<int> SaveAsync(CliSession session, UrlServer server, string database, string path, CancellationToken ct)
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

        session.Result.Line(FormattableString.Invariant($"{database}: {baseline.Tables.Count} tables with {rows} rows, written to {path}"));
        return 0;
    }
}
