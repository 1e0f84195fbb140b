using CnpgRestore.Databases;
using CnpgRestore.Databases.Sequences;
using CnpgRestore.Databases.Verification;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Postgres;
using static System.FormattableString;

namespace CnpgRestore.Runs.FromDump;

/// <summary>
/// Carries a restore from a dump out. Each step asks the server what is done already, so a run that was killed anywhere is finished by running all
/// steps again; only for a load into the live database the journal knows the transaction to ask for.
/// </summary>
/// <param name="session">To the maintenance database.</param>
/// <param name="lastLook">Right before the live database is touched: throws where somebody else may write to it by now.</param>
/// <param name="run">Its end is written by the caller, who may have more to do.</param>
public sealed class FromDumpRun(IDatabaseServer server, DatabaseSession session, FromDumpPlan plan, Journal journal, Run run, Func<CancellationToken, Task> lastLook, TimeProvider clock)
{
    private readonly SideDatabase _side = new(session, plan.Decision);
    private readonly long _start = clock.GetTimestamp();
    private VerificationResult? _verification;
    private IReadOnlyList<RowsBefore>? _rowsBefore;
    private int _sequencesFixed;
    private TimeSpan? _heldOff;
    private bool _isJobLoading;

    private FromDumpDecision Decision => plan.Decision;

    /// <summary>The database held other things before, and holds them still.</summary>
    private bool IsIntoLive => Decision is { Side: null, IsFresh: false };

    private string Target => Decision.Side ?? Decision.Database;

    public async Task<FromDumpResult> RunAsync(CancellationToken ct)
    {
        _isJobLoading = server is ClusterServer cluster && Decision.IsLoadedByJob && await FindJobAsync(cluster, ct);
        if (!_isJobLoading)
        {
            await EndLeftoversAsync(ct);
        }

        if (Decision.Side is not null && (await _side.MarksAsync(ct)).Count == 0 && journal.Entries.Any(entry => entry.Step == plan.Swap.Id))
        {
            var end = Decision.IsFresh ? $"cnpg-restore runs show {Decision.Run}" : $"cnpg-restore runs commit {Decision.Run}";
            throw new RestoreException(
                ProblemCode.Refused, $"nothing of run {Decision.Run} is on the server any more", "it has begun to swap the names: another machine has finished and committed it, or somebody has dropped what lay aside", $"to end it here, too: {end}");
        }

        if (Decision.Side is null || !await _side.IsSwappedAsync(ct))
        {
            try
            {
                await RestoreAsync(ct);
            }
            catch (RestoreException e) when (e.Problem.Code is ProblemCode.Unreachable or ProblemCode.Stopped && e.Problem.Hint?.Contains($" {Decision.Run}", StringComparison.Ordinal) != true)
            {
                // Whoever lost a session or had no room knows what to mend, and not how the run goes on. The name of its Job has the run's in it, too.
                throw new RestoreException(e.Problem with { Hint = $"{(e.Problem.Hint is { } hint ? $"{hint}; " : "")}the run goes on with: {Decision.ResumeCommand}" }, e);
            }
        }
        else if (Decision.IsFresh)
        {
            // Differences do not keep the names there: an earlier process may have found some, and has not come to note them.
            await run.StepAsync(plan.Verify, (meter, token) => VerifyAsync(Decision.Database, meter, token), ct);
        }

        return new FromDumpResult(Decision, _verification, _sequencesFixed, _heldOff, clock.GetElapsedTime(_start));
    }

    private async Task RestoreAsync(CancellationToken ct)
    {
        if (Decision.Roles.Count > 0)
        {
            await run.StepAsync(plan.CreateRoles, (_, token) => new MissingRoles(session, Decision).CreateAsync(plan.Dump, token), ct);
        }

        if (Decision.Side is not null)
        {
            await run.StepAsync(plan.CreateDatabase, (_, token) => _isJobLoading ? Task.FromResult($"{Target} is there: the Job of an earlier process loads it") : _side.CreateAsync(token), ct);
        }

        await run.StepAsync(plan.Load, Decision.Side is null ? LoadLiveAsync : LoadSideAsync, ct);
        await run.StepAsync(plan.FixSequences, FixSequencesAsync, ct);
        await run.StepAsync(plan.Analyze, AnalyzeAsync, ct);
        if (Decision.Side is not null)
        {
            await run.StepAsync(plan.CarryOver, (_, token) => Decision.TakesSettings ? _side.TakeSettingsAsync(plan, token) : _side.CarryOverAsync(token), ct);
        }

        await run.StepAsync(plan.Verify, (meter, token) => VerifyAsync(Target, meter, token), ct);
        if (Decision.Side is not null)
        {
            await run.StepAsync(plan.Swap, SwapAsync, ct);
        }
    }

    /// <summary>
    /// A Job goes on when the program that made it is killed. Where it is sound, nothing is loaded twice: it is waited for. Any other is ended before the
    /// database is made anew, or it would load into that.
    /// </summary>
    private async Task<bool> FindJobAsync(ClusterServer cluster, CancellationToken ct)
    {
        if (await _side.IsLoadingAsync(ct) && await cluster.IsLoadingAsync(Decision.Run, ct))
        {
            run.Observer.OnDetail($"a Job that an earlier process of run {Decision.Run} has made is waited for: it loads {Target}, or has loaded it");
            return true;
        }

        await cluster.EndLoadAsync(Decision.Run, ct);
        return false;
    }

    /// <summary>What a killed process of this run has left on the server must not go on beside it.</summary>
    private async Task EndLeftoversAsync(CancellationToken ct)
    {
        const string leftovers = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = left($1, 63)";
        while (await session.ValueAsync<long>(leftovers, ct, Decision.ApplicationName) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        }
    }

    private async Task<string> LoadSideAsync(StepMeter meter, CancellationToken ct)
    {
        if (await _side.IsLoadedAsync(ct))
        {
            return $"{Target} holds the whole dump already";
        }

        var outcome = await new DumpLoad(server, plan).LoadAsync(Target, meter, ct);
        await _side.MarkLoadedAsync(ct);
        return outcome;
    }

    private async Task<string> LoadLiveAsync(StepMeter meter, CancellationToken ct)
    {
        if (Decision.IsFresh ? await _side.IsLoadedAsync(ct) : await IsCommittedAsync(ct))
        {
            return "an earlier process of this run had committed it";
        }

        await lastLook(ct);
        await CountAgainAsync(ct);
        return await new DumpLoad(server, plan).LoadInTransactionAsync(
            Target, transaction => journal.Append(JournalEntry.TransactionBegun, entry => entry with { Text = transaction }), meter, ct);
    }

    /// <summary>When the plan was made, applications were still writing.</summary>
    private async Task CountAgainAsync(CancellationToken ct)
    {
        if (Decision.RowsBefore.Count == 0)
        {
            return;
        }

        await using var inside = await DatabaseSession.OpenAsync(server, Target, ct);
        var relations = new Relations(inside);
        var named = Decision.RowsBefore.Select(rows => new QualifiedName(rows.Schema, rows.Table)).ToHashSet();
        var counted = new List<RowsBefore>();
        foreach (var relation in (await relations.ReadAsync(ct)).Where(relation => named.Contains(relation.Name)))
        {
            counted.Add(new RowsBefore(relation.Name.Schema!, relation.Name.Name, await relations.CountAsync(relation, ct)));
        }

        _rowsBefore = counted;
        journal.Append(JournalEntry.Decided, entry => entry with { Text = (Decision with { RowsBefore = counted }).ToJson() });
    }

    /// <summary>A load that was killed around its COMMIT is asked after, never guessed.</summary>
    private async Task<bool> IsCommittedAsync(CancellationToken ct)
    {
        if (journal.Entries.LastOrDefault(entry => entry.Type == JournalEntry.TransactionBegun) is not { Text: { } transaction })
        {
            return false;
        }

        // Null: the server has forgotten it, which takes it millions of transactions.
        var status = (await session.ReadAsync("SELECT pg_xact_status($1::text::xid8)", row => row.IsDBNull(0) ? null : row.GetString(0), ct, transaction))[0];
        return status switch
        {
            "committed" => true,
            "aborted" => false,
            _ => throw new RestoreException(
                ProblemCode.Refused,
                $"whether the dump was loaded into {Target} is not known",
                $"transaction {transaction} of run {Decision.Run} is {status ?? "forgotten by the server"}",
                VerifyHint.Of(Decision)),
        };
    }

    private async Task<string> FixSequencesAsync(StepMeter meter, CancellationToken ct)
    {
        await using var inside = await DatabaseSession.OpenAsync(server, Target, ct);
        var survey = new SequenceSurvey(inside);
        // What else is in the live database is not this run's to set.
        var sequences = IsIntoLive ? await survey.ReadAsync([.. Expectation.Of(plan.Content).Tables.Select(table => table.Name)], ct) : await survey.ReadAsync(ct);
        foreach (var sequence in sequences.Where(sequence => sequence is { Cycles: false, AtEnd: not null }))
        {
            run.Observer.OnWarning(Invariant($"{string.Join(", ", sequence.Uses)} holds {sequence.AtEnd}, at the end of what {sequence.Name} can give: set behind it, that could give nothing more, so it is judged by the other values alone"));
        }

        var set = await new SequenceFix(inside).FixAsync(sequences, ct);
        foreach (var (sequence, value) in set)
        {
            run.Observer.OnDetail(Invariant($"{sequence.Name} set to {value}"));
        }

        _sequencesFixed = set.Count;
        return Invariant($"{sequences.Count} sequences, {set.Count} were behind");
    }

    private async Task<string> AnalyzeAsync(StepMeter meter, CancellationToken ct)
    {
        // Applications may be busy in the live database.
        var refused = await new Statistics(server, Target).GatherAsync(Decision.Side is null ? 1 : Decision.Jobs, ct);
        foreach (var table in refused)
        {
            run.Observer.OnWarning($"no statistics of {table}; later: ANALYZE of that table, by psql");
        }

        return refused.Count == 0 ? "statistics of every table are new" : Invariant($"statistics are new, but for {refused.Count} tables");
    }

    private async Task<string> VerifyAsync(string database, StepMeter meter, CancellationToken ct)
    {
        var expected = Expectation.Of(plan.Content);
        var before = (_rowsBefore ?? Decision.RowsBefore).ToDictionary(rows => new QualifiedName(rows.Schema, rows.Table), rows => rows.Rows);
        var progress = new TableNote(meter);
        var result = await new DatabaseVerification(server, database).RunAsync(IsIntoLive ? expected.AddedTo(before, Decision.NotValidBefore ?? []) : expected, await ReadChecksAsync(database, ct), progress, ct);
        _verification = result;
        // What ANALYZE cannot gather statistics of is no reason to stay without the data; nor is anything where the live database is the empty one of initdb.
        if (result.Differences.Any(difference => difference.Kind != "statistics") && Decision is { Side: not null, IsFresh: false })
        {
            throw new RestoreException(
                ProblemCode.Differences,
                Invariant($"{Target} differs from the dump in {result.Differences.Count} ways: the names are not swapped"),
                string.Join('\n', result.Differences.Select(difference => $"{difference.Kind} {difference.Subject}: {difference.Detail}")),
                $"look at it with psql -d {Target}; cnpg-restore runs undo {Decision.Run}");
        }

        return Invariant($"{result.Rows} rows in {result.Tables} tables, {result.Checks} SQL checks, {result.Differences.Count} differences");
    }

    private async Task<IReadOnlyList<SqlCheck>> ReadChecksAsync(string database, CancellationToken ct)
    {
        if (Decision.CheckSql is not { } path)
        {
            return [];
        }

        try
        {
            var checks = await SqlCheck.ReadAsync(path, Decision.Database, ct);
            return [.. checks.Select(check => check.Database == Decision.Database ? check with { Database = database } : check)];
        }
        catch (RestoreException e)
        {
            // It was fine when the run began; nothing is swapped before its checks are known.
            throw new RestoreException(e.Problem with { Code = ProblemCode.Stopped, Hint = "put the file of --check-sql back as it was" }, e);
        }
    }

    private async Task<string> SwapAsync(StepMeter meter, CancellationToken ct)
    {
        await lastLook(ct);
        if (Decision.Creates is not null)
        {
            await new DatabaseSwap(server, session).RenameAsync(Decision.Side!, Decision.Database, isLive: true, RunMark.Created, Decision, ct);
            return $"{Decision.Database} is the restored database; there was none before";
        }

        _heldOff = await new DatabaseSwap(server, session).RunAsync(Decision.Database, Decision.Former!, Decision.Side!, RunMark.Former, Decision, ct);
        return Invariant($"{Decision.Database} is the restored database; nobody could connect for {_heldOff.Value.TotalMilliseconds:0} ms; the former one is {Decision.Former}");
    }

    private sealed class TableNote(StepMeter meter) : IProgress<string>
    {
        public void Report(string value)
        {
            meter.Unit = "tables";
            meter.Note = value;
            meter.Add(1, 0);
        }
    }
}
