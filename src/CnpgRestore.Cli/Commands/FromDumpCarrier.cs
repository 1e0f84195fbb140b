using CnpgRestore.Cli.Output;
using CnpgRestore.Databases;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Runs;
using CnpgRestore.Runs.FromDump;

namespace CnpgRestore.Cli.Commands;

/// <summary>Holds the lock, keeps the journal and shows the result of a restore from a dump, whether it begins, goes on, is undone or made final.</summary>
sealed class FromDumpCarrier(CliSession session, IDatabaseServer server, FromDumpApps? apps, KubernetesApi? api = null)
{
    /// <summary>As it stands in the names of its runs.</summary>
    public const string Verb = "from-dump";

    private readonly StateFolder _state = new(EnvironmentVariables.StateFolder);

    /// <summary>What this machine's journal says of a run, else null.</summary>
    public static FromDumpDecision? FindDecision(StateFolder state, RunId run) =>
        state.Read(run).Where(entry => entry.Type == JournalEntry.Decided).Select(entry => FromDumpDecision.TryParse(entry.Text ?? "")).LastOrDefault();

    /// <summary>Begins, or goes on with what an earlier process of the same request has left.</summary>
    public async Task<int> RunAsync(FromDumpRequest request, bool dryRun, CancellationToken ct)
    {
        await using var asked = await DatabaseSession.OpenAsync(server, FromDumpPlanner.Maintenance, ct);
        var planner = new FromDumpPlanner(server, asked);
        var run = _state.NewRun(Verb, session.Clock);
        if (dryRun)
        {
            var looked = await planner.PlanAsync(request, run.Value, progress: null, ct);
            var isForJob = request.Volume is not null && looked.Decision.Engine == LoadEngine.Psql;
            if (isForJob && session.Format != OutputFormat.Yaml && looked.WhyNoJobForGit is { } why)
            {
                isForJob = false;
                looked = looked with { Notes = [.. looked.Notes, $"there is no Job for Git: {why}"] };
            }

            var job = server is ClusterServer cluster && isForJob ? await cluster.JobForGitAsync(looked, ct) : null;
            if (job is not null && session.Format == OutputFormat.Yaml)
            {
                // Nothing else: kubectl apply -f - takes it.
                JobOutput.Write(session, job);
                return 0;
            }

            RunOutput.ShowPlan(session, looked.ToPlan(), isResult: true);
            if (job is not null)
            {
                JobOutput.Write(session, job);
            }

            if (apps is not null && request.StopApps)
            {
                await apps.PlanAsync(isResult: true, ct);
            }

            return 0;
        }

        await using var held = await DatabaseLock.TakeAsync(server, request.Database, run.Value, ct);
        var subject = FromDumpPlan.SubjectOf(request.Database, await FromDumpPlanner.SystemIdentifierAsync(asked, ct));
        if (_state.FindUnfinished(Verb, subject) is { } unfinished && FindDecision(_state, unfinished) is { } decision)
        {
            if (!decision.IsFor(request))
            {
                throw new RestoreException(
                    ProblemCode.Refused,
                    $"run {unfinished} of {request.Database} is not finished",
                    $"it loads {decision.Dump} by {decision.Strategy.ToString().ToLowerInvariant()}, or with other options than these",
                    $"cnpg-restore runs resume {unfinished}, or runs undo");
            }

            return await CarryOutAsync(asked, held, await planner.ResumeAsync(decision, request.Place, progress: null, ct), ct);
        }

        return await CarryOutAsync(asked, held, await planner.PlanAsync(request, run.Value, progress: null, ct), ct);
    }

    public async Task<int> ResumeAsync(FromDumpDecision decision, bool dryRun, CancellationToken ct)
    {
        if (Journal.IsFinished(_state.Read(new RunId(decision.Run))))
        {
            session.Result.Line($"run {decision.Run} is finished: there is nothing to go on with");
            return 0;
        }

        await using var asked = await DatabaseSession.OpenAsync(server, FromDumpPlanner.Maintenance, ct);
        await using var held = await DatabaseLock.TakeAsync(server, decision.Database, decision.Run, ct);
        var planner = new FromDumpPlanner(server, asked);
        var plan = await planner.FindSwappedAsync(decision, ct);
        var volume = plan is null && decision.Volume is { } needed ? DumpVolume.TryParse(needed) : null;
        await using var source = await DumpSource.OpenAsync(api, volume, decision.Image, cluster: null, session, ct);
        plan ??= await planner.ResumeAsync(decision, source.Place, progress: null, ct);
        if (dryRun)
        {
            RunOutput.ShowPlan(session, plan.ToPlan(), isResult: true);
            return 0;
        }

        return await CarryOutAsync(asked, held, plan, ct);
    }

    public Task<int> UndoAsync(FromDumpDecision decision, bool dryRun, CancellationToken ct) =>
        EndAsync(decision, (undo, token) => undo.PlanUndoAsync(token), dryRun, ct);

    public Task<int> CommitAsync(FromDumpDecision decision, bool dryRun, CancellationToken ct) =>
        EndAsync(decision, (undo, token) => undo.PlanCommitAsync(token), dryRun, ct);

    private async Task<int> EndAsync(FromDumpDecision decision, Func<FromDumpUndo, CancellationToken, Task<FromDumpEnd>> planAsync, bool dryRun, CancellationToken ct)
    {
        await using var asked = await DatabaseSession.OpenAsync(server, FromDumpPlanner.Maintenance, ct);
        await new FromDumpPlanner(server, asked).DemandServerAsync(decision, ct);
        // A run that is taken back has perhaps left them stopped; where none is, nothing is done.
        var stopped = decision.StopsApps ? apps : null;
        if (dryRun)
        {
            RunOutput.ShowPlan(session, (await LookAsync()).ToPlan(), isResult: true);
            if (stopped is not null)
            {
                await stopped.PlanStartAsync(isResult: true, ct);
            }

            return 0;
        }

        // Before the question: what is shown is still so when the answer comes.
        await using var lease = apps is null ? null : await apps.TakeLeaseAsync(decision.Run, ct);
        await using var held = await DatabaseLock.TakeAsync(server, decision.Database, decision.Run, ct);
        var end = await LookAsync();
        var plan = end.ToPlan();
        if (end.Step is not null)
        {
            RunOutput.ShowPlan(session, plan, isResult: false);
        }

        var starts = stopped is not null && await stopped.PlanStartAsync(isResult: false, ct);
        if (end.Step is not null || starts)
        {
            await RunOutput.ConfirmAsync(session, plan, decision.Database, "database whose copy aside is dropped", ct);
            await held.DemandAsync(ct);
        }

        var start = session.Clock.GetTimestamp();
        using var journal = Open(decision);
        var result = await RunOutput.RunAsync(session, observer => FromDumpUndo.RunAsync(end, new Run(journal, observer), ct));
        EndOutput.Write(session, decision.Run, plan, result, session.Clock.GetElapsedTime(start));
        return stopped is null ? 0 : await stopped.StartAsync(ct);

        // The journal is read when nobody else writes it any more.
        Task<FromDumpEnd> LookAsync() => planAsync(new FromDumpUndo(server, asked, decision, _state.Read(new RunId(decision.Run))), ct);
    }

    private async Task<int> CarryOutAsync(DatabaseSession asked, DatabaseLock held, FromDumpPlan plan, CancellationToken ct)
    {
        var decision = plan.Decision;
        if (decision.StopsApps && apps is null)
        {
            throw new RestoreException(
                ProblemCode.Usage, $"run {decision.Run} stops the applications of a cluster", $"it restores into {decision.To}", $"leave --to out: {decision.ResumeCommand}");
        }

        RunOutput.ShowPlan(session, plan.ToPlan(), isResult: false);
        var stopped = decision.StopsApps ? apps : null;
        if (stopped is not null)
        {
            await stopped.PlanAsync(isResult: false, ct);
        }

        await RunOutput.ConfirmAsync(session, plan.ToPlan(), decision.Database, "database that is changed", ct);
        await using var lease = apps is null ? null : await apps.TakeLeaseAsync(decision.Run, ct);
        using var whole = CancellationTokenSource.CreateLinkedTokenSource(ct, lease?.Lost ?? CancellationToken.None);
        using var journal = Open(decision);
        try
        {
            var passed = await RestoreAsync(asked, held, plan, journal, stopped, whole.Token);
            var code = passed ? 0 : (int)ProblemCode.Differences;
            if (stopped is not null && (passed || decision.Side is not null))
            {
                code = Math.Max(code, await stopped.StartAsync(whole.Token));
            }
            else if (stopped is not null)
            {
                session.Progress.Line($"warning: the database is not as the dump says, so the applications stay stopped; when it may be used: {stopped.StartCommand}");
            }

            // Not before the applications are back: until then the same command goes on with this run, and restores nothing twice.
            journal.Append(JournalEntry.RunFinished);
            return code;
        }
        catch (Exception e)
        {
            if (stopped is not null)
            {
                session.Progress.Line($"warning: applications are stopped until the run is finished or undone, or until: {stopped.StartCommand}");
            }

            if (e is OperationCanceledException && lease?.Lost.IsCancellationRequested == true && !ct.IsCancellationRequested)
            {
                throw lease.ToException(decision.ResumeCommand);
            }

            throw;
        }
    }

    private async Task<bool> RestoreAsync(DatabaseSession asked, DatabaseLock held, FromDumpPlan plan, Journal journal, FromDumpApps? stopped, CancellationToken ct)
    {
        if (stopped is not null)
        {
            await stopped.StopAsync(ct);
        }

        var result = await RunOutput.RunAsync(
            session, observer => new FromDumpRun(server, asked, plan, journal, new Run(journal, observer), LookAsync, session.Clock).RunAsync(ct));
        FromDumpOutput.Write(session, result);
        return result.Verification is not { Passed: false };

        async Task LookAsync(CancellationToken token)
        {
            await held.DemandAsync(token);
            if (stopped is not null)
            {
                await stopped.DemandStoppedAsync(token);
            }
        }
    }

    private Journal Open(FromDumpDecision decision)
    {
        var run = new RunId(decision.Run);
        if (File.Exists(_state.JournalOf(run)))
        {
            return Journal.Resume(_state, run, session.Clock);
        }

        var journal = Journal.Create(_state, run, Verb, FromDumpPlan.SubjectOf(decision.Database, decision.SystemIdentifier), session.Clock);
        journal.Append(JournalEntry.Decided, entry => entry with { Text = decision.ToJson() });
        return journal;
    }
}
