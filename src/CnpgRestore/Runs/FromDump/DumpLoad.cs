using System.Globalization;
using System.Text.RegularExpressions;
using CnpgRestore.Databases;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Loading;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Postgres;
using static System.FormattableString;

namespace CnpgRestore.Runs.FromDump;

/// <summary>
/// Loads a dump with PostgreSQL's own programs: SQL through psql, an archive through pg_restore. Both stop at the first error. psql reads what
/// <see cref="DumpSection"/> writes, so that no statement reaches another database or a role, whatever the dump says.
/// </summary>
sealed partial class DumpLoad(IDatabaseServer server, FromDumpPlan plan)
{
    // psql's exit codes (PostgreSQL manual): the connection to the server went bad. Whether a COMMIT arrived is then not known.
    private const int ConnectionLost = 2;

    /// <summary>What is written in front of a dump for the psql here.</summary>
    private const int LinesBefore = 2;

    private FromDumpDecision Decision => plan.Decision;

    /// <summary>Into an empty database, in as many transactions as there are statements.</summary>
    public async Task<string> LoadAsync(string database, StepMeter meter, CancellationToken ct)
    {
        if (server is ClusterServer cluster && Decision.IsLoadedByJob)
        {
            return await RunJobAsync(cluster, database, meter, ct);
        }

        if (plan.Dump.Format is not DumpFormat.Plain && plan.Dump.Place.IsHere)
        {
            return await RunRestoreAsync(database, ct);
        }

        if (Decision.Engine == LoadEngine.Parallel)
        {
            return await LoadSideBySideAsync(database, meter, ct);
        }

        await RunScriptAsync(database, [], (_, _) => Task.CompletedTask, meter, ct);
        return Loaded();
    }

    private async Task<string> LoadSideBySideAsync(string database, StepMeter meter, CancellationToken ct)
    {
        (meter.Unit, meter.TotalBytes) = ("rows", plan.Dump.Size.Bytes);
        await using var target = server.ForLoad(database, Decision.ApplicationName);
        try
        {
            var result = await DumpLoader.LoadAsync(new LoadRequest(plan.Dump, Decision.Section, Decision.Jobs, IntoNew: true), target, new LoadMeter(meter), ct);
            return Invariant($"{result.Rows} rows in {result.Tables.Count} tables, over {Decision.Jobs} connections; rows {Seconds(LoadPhase.Data)}, indexes and keys {Seconds(LoadPhase.Indexes)}");

            string Seconds(LoadPhase phase) => Invariant($"{result.Took.GetValueOrDefault(phase).TotalSeconds:0.0} s");
        }
        catch (RestoreException e)
        {
            throw new RestoreException(e.Problem with { Hint = e.Problem.Hint is { } hint ? $"{hint}; {Repair}" : Repair }, e);
        }
    }

    /// <summary>Into a database that is in use, all or nothing.</summary>
    /// <param name="onBegun">Gets the number of the transaction, before it changes anything.</param>
    public async Task<string> LoadInTransactionAsync(string database, Action<string> onBegun, StepMeter meter, CancellationToken ct)
    {
        string[] options = Decision.Strategy == LoadStrategy.Clean ? ["--clean", "--if-exists"] : [];
        await RunScriptAsync(
            database,
            options,
            async (transaction, token) => onBegun(await transaction.WaitAsync(token)),
            meter,
            ct);
        return Loaded();
    }

    /// <summary>In a server that is new, the database says itself that it holds the dump: no journal of another machine is needed.</summary>
    private string Mark() => Decision.IsFresh ? $"{RunMark.Statement(Decision.Database, RunMark.Loaded, Decision.ToJson())};\n" : "";

    private string Loaded() => Invariant($"{plan.Content.Rows} rows in {plan.Content.Tables.Count} tables");

    private async Task RunScriptAsync(string database, string[] options, Func<Task<string>, CancellationToken, Task> begin, StepMeter meter, CancellationToken ct)
    {
        var transaction = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isWhole = Decision.Strategy != LoadStrategy.Swap;
        var restrict = await RestrictsAsync(database, ct) ? $"\\restrict {Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16))}\n" : "\n";
        var forwardOnly = Decision is { Strategy: LoadStrategy.Append, IsFresh: false } ? await SequencesAsync(database, ct) : [];
        meter.Unit = "bytes of text";
        var progress = new BytesRead(meter);
        var command = new ClientCommand("psql", database, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-")
        {
            ApplicationName = Decision.ApplicationName,
            OnLine = line => transaction.TrySetResult(line),
            Input = async (input, token) =>
            {
                // Two lines before the dump's first. The end of the input alone never commits: a killed run leaves nothing.
                await input.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{restrict}{(isWhole ? "BEGIN; SELECT pg_current_xact_id();" : "SET synchronous_commit TO off;")}\n"), token);
                await input.FlushAsync(token);
                if (isWhole)
                {
                    await begin(transaction.Task, token);
                }

                await using var script = await DumpScript.OpenAsync(plan.Dump, options, token);
                await new DumpSection(script.Text, Decision.Section, intoNew: !isWhole || Decision.IsFresh, inTransaction: isWhole) { ForwardOnly = forwardOnly }.WriteAsync(input, progress, token);
                await script.DemandWholeAsync(token);
                await input.WriteAsync(System.Text.Encoding.UTF8.GetBytes(isWhole ? $"\n{Mark()}COMMIT;\n" : "\n"), token);
            },
        };
        ClientResult result;
        try
        {
            result = await server.RunAsync(command, ct);
        }
        catch (InvalidDataException e)
        {
            throw Unreadable(e);
        }

        if (result.ExitCode != 0)
        {
            throw await FailureAsync(result, options, LinesBefore, ct);
        }
    }

    private async Task<string> RunJobAsync(ClusterServer cluster, string database, StepMeter meter, CancellationToken ct)
    {
        var failure = await cluster.LoadAsync(plan, database, meter, ct);
        if (failure is null)
        {
            return Loaded();
        }

        var result = new ClientResult(failure.ExitCode, failure.Errors);
        throw failure.Problem is { } known ? new RestoreException(known with { Hint = known.Hint is { } hint ? $"{hint}; {Repair}" : Repair }) : await FailureAsync(result, [], linesBefore: 0, ct);
    }

    private async Task<string> RunRestoreAsync(string database, CancellationToken ct)
    {
        var jobs = ArchiveInput.JobsOf(plan.Dump, Decision.Jobs);
        var name = $"dbname='{database.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";
        // What is piped is read once.
        var list = ArchiveInput.IsPiped(plan.Dump) ? null : await ListWithoutPublicAsync(database, ct);
        try
        {
            string[] entries = list is null ? [] : ["--use-list", list];
            var command = new ClientCommand(
                "pg_restore", database, ["--exit-on-error", "--no-password", "--jobs", jobs.ToString(CultureInfo.InvariantCulture), .. entries, "--dbname", name, .. ArchiveInput.Path(plan.Dump)])
            {
                ApplicationName = Decision.ApplicationName,
                Input = ArchiveInput.IsPiped(plan.Dump) ? (input, token) => ArchiveInput.WriteAsync(plan.Dump, input, token) : null,
            };
            var result = await server.RunAsync(command, ct);
            return result.ExitCode == 0 ? Loaded() : throw Failure(result.Errors.Trim(), place: null, jobs);
        }
        catch (InvalidDataException e)
        {
            throw Unreadable(e);
        }
        finally
        {
            if (list is not null)
            {
                File.Delete(list);
            }
        }
    }

    /// <summary>
    /// The schema public of <c>pg_dump --schema=public</c> is there already, as in <see cref="NeedlessStatements"/>. Without that option pg_dump has an
    /// entry for it, too, where its owner is another one than usual; that one creates nothing, and is kept for the owner.
    /// </summary>
    /// <returns>A file for pg_restore with all entries of the archive but the one that creates it; null where none does.</returns>
    private async Task<string?> ListWithoutPublicAsync(string database, CancellationToken ct)
    {
        var entries = await PrintAsync("--list");
        if (entries.Find(entry => PublicSchema().IsMatch(entry)) is not { } schema)
        {
            return null;
        }

        var list = Path.GetTempFileName();
        await File.WriteAllLinesAsync(list, [schema], ct);
        if ((await PrintAsync("--use-list", list, "--file=-")).Exists(line => line.StartsWith("CREATE SCHEMA ", StringComparison.Ordinal)))
        {
            entries.Remove(schema);
            await File.WriteAllLinesAsync(list, entries, ct);
            return list;
        }

        File.Delete(list);
        return null;

        async Task<List<string>> PrintAsync(params string[] options)
        {
            var lines = new List<string>();
            await server.RunAsync(new ClientCommand("pg_restore", database, [.. options, plan.Dump.Path]) { OnLine = lines.Add }, ct);
            return lines;
        }
    }

    private RestoreException Unreadable(InvalidDataException e) => new(ProblemCode.Stopped, $"{plan.Dump.Path} cannot be read to its end", e.Message, Repair, e);

    private string Repair => Decision.IsFresh ? "mend the cause, then run the same command again: it makes the database anew"
        : Decision.Side is null
        ? "nothing was changed; mend the cause, then run the same command again"
        : $"mend the cause, then: {Decision.ResumeCommand}; or drop {Decision.Side}: cnpg-restore runs undo {Decision.Run}";

    private async Task<HashSet<QualifiedName>> SequencesAsync(string database, CancellationToken ct)
    {
        await using var inside = await DatabaseSession.OpenAsync(server, database, ct);
        return [.. await inside.ReadAsync(
            "SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S'",
            row => new QualifiedName(row.GetString(0), row.GetString(1)),
            ct)];
    }

    private async Task<bool> RestrictsAsync(string database, CancellationToken ct)
    {
        var said = "";
        await server.RunAsync(new ClientCommand("psql", database, "--version") { OnLine = line => said = line }, ct);
        return RestrictedPsql.Is(said);
    }

    private async Task<RestoreException> FailureAsync(ClientResult result, string[] options, int linesBefore, CancellationToken ct)
    {
        if (result.ExitCode == ConnectionLost && Decision.Strategy != LoadStrategy.Swap)
        {
            throw new RestoreException(
                ProblemCode.Unreachable,
                $"the connection to {server.Address} was lost",
                $"{result.Errors.Trim()}; whether the transaction was committed is asked when the run goes on",
                $"when the server answers again: {Decision.ResumeCommand}");
        }

        if (Place().Match(result.Errors) is not { Success: true } match)
        {
            return Failure(result.Errors.Trim(), place: null);
        }

        var line = long.Parse(match.Groups["line"].ValueSpan, CultureInfo.InvariantCulture) - linesBefore;
        var statement = await StatementAtAsync(line, options, ct);
        return Failure(Place().Replace(result.Errors, "").Trim(), Invariant($"line {line}{(statement is null ? "" : $", {statement}")}"));
    }

    /// <param name="jobs">How many connections have loaded rows at once.</param>
    private RestoreException Failure(string said, string? place, int jobs = 1)
    {
        var error = said.Split('\n')[0];
        // The last page that a file is extended by may fit by a half, and a session that begins cannot write its copy of the catalogue.
        string[] full = ["No space left on device", ": wrote only ", "could not write init file"];
        var isFull = full.Any(words => error.Contains(words, StringComparison.Ordinal));
        var message = isFull ? $"No space left on the disk of {server.Address}"
            : error.Contains("already exists", StringComparison.Ordinal) ? $"Relation already exists: {plan.Dump.Path} cannot be loaded"
            : error.Contains(@"invalid command \restrict", StringComparison.Ordinal) ? $"{plan.Dump.Path} begins with \\restrict, which this psql is too old for"
            : error.Contains("permission denied", StringComparison.Ordinal) ? $"Permission denied: {plan.Dump.Path} cannot be loaded"
            : $"{plan.Dump.Path} cannot be loaded";
        var rest = Decision.Side is null ? "; the transaction was rolled back" : "";
        return new RestoreException(ProblemCode.Stopped, message, $"{(place is null ? "" : $"{place}: ")}{said}{rest}", isFull ? $"make room there; {Repair}" : $"{Cause(error)}{(jobs > 1 && said.Contains("COPY failed for table", StringComparison.Ordinal) ? OneByOne : "")}{Repair}");
    }

    /// <summary>pg_restore knows of keys which table comes first, and nothing of what the functions in a check read.</summary>
    private string OneByOne => $"where a check of the table reads another one, rows go in the dump's order: cnpg-restore runs undo {Decision.Run}, and the same command with --jobs 1; ";

    /// <summary>What mends it, where the error itself tells.</summary>
    private static string Cause(string error) =>
        error.Contains("role \"", StringComparison.Ordinal) && error.Contains("does not exist", StringComparison.Ordinal) ? "create the role (createuser), or restore from a dump of pg_dumpall, which has its roles with it; "
        : error.Contains("extension \"", StringComparison.Ordinal) && error.Contains("is not available", StringComparison.Ordinal) ? "use a server or an image that has the extension; "
        : "";

    /// <summary>The beginning of the statement that ends on a line; data is not repeated.</summary>
    private async Task<string?> StatementAtAsync(long line, string[] options, CancellationToken ct)
    {
        const int shown = 120;
        await using var script = await DumpScript.OpenAsync(plan.Dump, options, ct);
        var reader = new DumpReader(script.Text);
        while (await reader.ReadAsync(ct) is var token && token is not (DumpToken.End or DumpToken.Cut))
        {
            if (reader.Line + reader.Text.Span.Count((byte)'\n') >= line)
            {
                return token == DumpToken.Statement ? StatementExcerpt.Of(reader.TextAsString(), shown) : $"data of {reader.Copy?.Table}";
            }
        }

        return null;
    }

    // 5; 2615 2200 SCHEMA - public postgres: a name further back may hold the same words.
    [GeneratedRegex(@"^\d+; \d+ \d+ SCHEMA - public ", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PublicSchema();

    [GeneratedRegex(@"psql:<stdin>:(?<line>\d+): ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();

    /// <summary>Told from many threads.</summary>
    private sealed class LoadMeter(StepMeter meter) : IProgress<LoadProgress>
    {
        private readonly Lock _lock = new();
        private LoadProgress _last;

        public void Report(LoadProgress value)
        {
            lock (_lock)
            {
                if (value.Rows < _last.Rows || value.Read.Bytes < _last.Read.Bytes)
                {
                    return;
                }

                meter.Add(value.Rows - _last.Rows, value.Read.Bytes - _last.Read.Bytes);
                meter.Note = value.Phase == LoadPhase.Indexes ? Invariant($"{value.Waiting} indexes and keys to go") : null;
                _last = value;
            }
        }
    }

    private sealed class BytesRead(StepMeter meter) : IProgress<long>
    {
        private long _last;

        public void Report(long value)
        {
            meter.Add(0, value - _last);
            _last = value;
        }
    }
}
