using System.CommandLine;
using CnpgRestore.Barman;
using CnpgRestore.Cli.Output;
using CnpgRestore.LocalRestore;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>drill</c>: proves that a backup restores, by restoring it here.</summary>
static class DrillCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromHours(12);

    public static Command Create(TimeProvider clock)
    {
        var to = new Option<string?>("--to") { Description = "New or empty folder for the restored files. Default: one below the folder for temporary files.", HelpName = "DIR" };
        var checks = new SqlCheckOption();
        var report = Arg.Report();
        var keep = new Option<bool>("--keep") { Description = "Keep the restored files, with PostgreSQL stopped." };
        var noAmcheck = new Option<bool>("--no-amcheck") { Description = "Do not run pg_amcheck." };
        var binaries = new Option<string?>("--pg-bindir") { Description = "Folder with the programs of PostgreSQL of the backup's major version.", HelpName = "DIR" };
        var user = new Option<string>("--pg-user") { Description = "Superuser to connect as.", HelpName = "NAME", DefaultValueFactory = _ => "postgres" };
        var timeout = Arg.Length("--timeout", "Longest time for the whole drill. Default: 12h.", "1h30m");
        var target = new RecoveryTargetOptions();
        var place = new BackupFolderOptions();

        var command = new Command("drill", """
            Restore a backup into a local PostgreSQL and prove what came back. The bucket is only read, and nothing stays behind.

            Needs PostgreSQL of the backup's major version on this machine, and does not run as root.

            Exit codes: 0 proven, 3 restored with differences or damaged, 10 backup or target not found, 12 access denied, 13 store
            unreachable, 14 WAL gap, 15 cannot be tried here and nothing downloaded, 20 stopped midway, 130 interrupted.

            Examples:
              # Is the newest backup good?
              cnpg-restore drill --cluster postgres-v17 -n db
              # Evidence for the file, and statements that must hold
              cnpg-restore drill -f clusters/postgres.yaml --check-sql checks.sql --report drill.html
            """) { to, report, keep, noAmcheck, binaries, user, timeout };
        checks.AddTo(command);
        target.AddTo(command);
        place.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var (store, server) = await place.OpenAsync(parse, session, ct);
            using var opened = store;
            var request = new DrillRequest
            {
                Server = server is null ? await ServerFolders.ChooseAsync(store, server, ct) : ServerFolder.Named(server),
                Backup = target.BackupId(parse),
                Target = target.Read(parse),
                To = parse.GetValue(to),
                SqlChecks = await checks.ReadAsync(parse, "postgres", ct),
                Amcheck = !parse.GetValue(noAmcheck),
                Keep = parse.GetValue(keep),
                Binaries = parse.GetValue(binaries),
                SearchPath = EnvironmentVariables.SearchPath,
                User = parse.GetRequiredValue(user),
                Timeout = parse.GetValue(timeout)?.Value ?? DefaultTimeout,
                WalFetchCommand = WalFetchCommand.ProgramAndArguments(),
            };
            DrillResult result;
            using (var progress = new DrillProgressLine(session))
            {
                result = await new Drill(opened, request, progress, clock).RunAsync(ct);
            }

            return await ShowAsync(session, result, parse.GetValue(report), ct);
        });
        return command;
    }

    private static async Task WriteReportAsync(string report, DrillResult result, CancellationToken ct)
    {
        try
        {
            await AtomicFile.WriteAsync(report, DrillHtml.Write(result), ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RestoreException(ProblemCode.Stopped, $"the report {report} cannot be written", e.Message, cause: e);
        }
    }

    private static async Task<int> ShowAsync(CliSession session, DrillResult result, string? report, CancellationToken ct)
    {
        if (session.Format == OutputFormat.Text)
        {
            session.Result.Line(DrillText.Write(result, report));
        }
        else
        {
            DocumentOutput.Write(session, DrillDocument.From(result), CliJson.Readable.DrillDocument);
        }

        if (report is not null)
        {
            await WriteReportAsync(report, result, ct);
        }

        return result.Passed ? 0 : (int)ProblemCode.Differences;
    }
}
