using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Dumps;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Runs;
using CnpgRestore.Runs.Clusters;
using CnpgRestore.Runs.FromDump;

namespace CnpgRestore.Cli.Commands;

/// <summary>Holds the locks, keeps the journal and shows the result of a Cluster that is made new from a dump, whether it begins, goes on or is undone.</summary>
sealed class FreshCarrier(CliSession session, KubernetesApi api, StoreOptions storeOptions, ParseResult parse)
{
    /// <summary>As it stands in the names of its runs.</summary>
    public const string Verb = "from-dump-fresh";

    private readonly StateFolder _state = new(EnvironmentVariables.StateFolder);

    /// <summary>Begins, or goes on with what an earlier process of the same request has left.</summary>
    /// <param name="look">What there is; a run that has deleted the Cluster goes on without it.</param>
    public async Task<int> RunAsync(Func<Task<Situation>> look, FromDumpRequest request, FreshRequest fresh, bool dryRun, CancellationToken ct)
    {
        using var local = RunLock.Take(_state, FreshPlan.SubjectOf(fresh.Namespace, fresh.Cluster));
        var recorded = await new RunRecord(api).FindAsync(fresh.Namespace, fresh.Cluster, ct);
        var unfinished = recorded?.Decision as FreshDecision ?? (recorded is null ? null : throw RecordedRun.Unfinished(recorded.Decision));
        if (recorded is not null)
        {
            var difference = unfinished!.DifferenceTo(request, fresh);
            if (difference is null)
            {
                return await ContinueAsync(recorded, fresh.Files, request.Place, dryRun, ct);
            }

            // Another choice, as after a failed attempt, takes the run over once there is nothing to go back to.
            await recorded.DemandNoWayBackAsync(api, difference, ct);
        }

        var run = _state.NewRun(Verb, session.Clock);
        var situation = await look();
        var (store, unreachable) = await storeOptions.TryOpenAsync(parse, session, api, fresh.Namespace, situation.Archive is null ? null : situation.Set.ReadJson(fresh.Cluster), ct);
        using var opened = store;
        var plan = await new FreshPlanner(api, request, fresh, session.Clock).PlanAsync(situation, store, unreachable, run.Value, unfinished, progress: null, ct);
        return await ShowAndCarryOutAsync(plan, store, outcome: null, dryRun, ct);
    }

    /// <summary>Goes on with a recorded run.</summary>
    public async Task<int> ContinueAsync(RecordedRun recorded, bool dryRun, CancellationToken ct)
    {
        var dump = ((FreshDecision)recorded.Decision).Dump;
        await using var source = await DumpSource.OpenAsync(api, dump.Volume is { } volume ? DumpVolume.TryParse(volume) : null, dump.Image, recorded.Decision.Cluster, session, ct);
        return await ContinueAsync(recorded, [], source.Place, dryRun, ct);
    }

    /// <param name="files">The manifests that the command line names; none: as the run was begun.</param>
    private async Task<int> ContinueAsync(RecordedRun recorded, IReadOnlyList<string> files, IDumpPlace place, bool dryRun, CancellationToken ct)
    {
        var mended = await MendedManifest.ReadAsync(api, recorded.Decision, recorded.Manifest, files, ct);
        var decision = (FreshDecision)recorded.Decision;
        var needsStore = decision.MoveTo is not null || decision.TakesFirstBackup;
        var (store, unreachable) = await storeOptions.TryOpenAsync(parse, session, api, decision.Namespace, needsStore ? mended.Manifest : null, ct);
        using var opened = store;
        if (decision.MoveTo is not null && unreachable is not null)
        {
            throw new RestoreException(ProblemCode.Unreachable, "the bucket cannot be reached, in which a folder has to be renamed", unreachable, decision.ResumeCommand);
        }

        var plan = await FreshPlanner.ResumeAsync(api, store, decision, place, mended.Manifest, recorded.Outcome is not null, session.Clock, progress: null, ct);
        plan = plan with { Notes = [.. plan.Notes, .. mended.Notes] };
        return await ShowAndCarryOutAsync(plan, store, recorded.Outcome, dryRun, ct);
    }

    public async Task<int> UndoAsync(RecordedRun recorded, bool dryRun, CancellationToken ct)
    {
        var decision = (FreshDecision)recorded.Decision;
        // A folder that the run has renamed is renamed back, or nothing is taken back.
        using var store = decision is { MoveTo: not null, FormerUid: null } ? await storeOptions.OpenAsync(parse, session, api, decision.Namespace, recorded.Manifest, ct) : null;
        var apps = decision.StopsApps ? new FromDumpApps(session, api, decision.Cluster) : null;
        return await new ClusterUndoCarrier(session, api, _state, apps, () => Open(decision)).RunAsync(recorded, store, dryRun, ct);
    }

    private async Task<int> ShowAndCarryOutAsync(FreshPlan plan, IObjectStore? store, string? outcome, bool dryRun, CancellationToken ct)
    {
        var decision = plan.Decision;
        RunOutput.ShowPlan(session, plan.ToPlan(), dryRun);
        var apps = decision.StopsApps ? new FromDumpApps(session, api, decision.Cluster) : null;
        if (apps is not null && !plan.IsCreated && !await PlanAppsAsync(apps, plan, dryRun, ct))
        {
            apps = null;
        }

        if (dryRun)
        {
            return 0;
        }

        await RunOutput.ConfirmAsync(session, plan.ToPlan(), decision.Cluster, "cluster that is deleted", ct);
        await using var lease = await TakeLeaseAsync(decision, ct);
        using var journal = Open(decision);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(ct, lease.Lost);
        try
        {
            return await CarryOutAsync(plan, store, outcome, apps, journal, held.Token);
        }
        catch (Exception e)
        {
            if (apps is not null)
            {
                session.Progress.Line($"warning: applications are stopped until the run is finished or undone, or until: {apps.StartCommand}");
            }

            if (e is OperationCanceledException && lease.Lost.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                throw lease.ToException(decision.ResumeCommand);
            }

            throw;
        }
    }

    /// <returns>False: the Cluster is gone, and nobody is left that names it.</returns>
    private static async Task<bool> PlanAppsAsync(FromDumpApps apps, FreshPlan plan, bool isResult, CancellationToken ct)
    {
        try
        {
            await apps.PlanAsync(isResult, ct);
            return true;
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.NotFound && plan.Former is null)
        {
            return false;
        }
    }

    private async Task<int> CarryOutAsync(FreshPlan plan, IObjectStore? store, string? outcome, FromDumpApps? apps, Journal journal, CancellationToken ct)
    {
        FreshRun? fresh = null;
        var result = await RunOutput.RunAsync(session, observer =>
        {
            fresh = new FreshRun(
                api, store, plan, outcome, journal, new Run(journal, observer), apps is null ? null : new FreshApps(apps.StopAsync, apps.DemandStoppedAsync), session.Clock);
            return fresh.RunAsync(ct);
        });
        FreshOutput.Write(session, result);
        var code = result.Passed ? 0 : (int)ProblemCode.Differences;
        if (apps is not null && result.Passed)
        {
            code = await apps.StartAsync(ct);
        }
        else if (apps is not null)
        {
            session.Progress.Line($"warning: the database is not as the dump says, so the applications stay stopped; when it may be used: {apps.StartCommand}");
        }

        // Not before the applications are back: until then the same command goes on with this run.
        await fresh!.FinishAsync(ct);
        return code;
    }

    private Journal Open(FreshDecision decision)
    {
        var run = new RunId(decision.Run);
        return File.Exists(_state.JournalOf(run))
            ? Journal.Resume(_state, run, session.Clock)
            : Journal.Create(_state, run, Verb, FreshPlan.SubjectOf(decision.Namespace, decision.Cluster), session.Clock);
    }

    private Task<RunLease> TakeLeaseAsync(FreshDecision decision, CancellationToken ct) => RunLease.TakeAsync(
        api, decision.Namespace, decision.Cluster, new LeaseHolder(decision.Run, Environment.MachineName, Environment.ProcessId), session.Clock, ct);
}
