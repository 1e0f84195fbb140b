using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Runs;
using CnpgRestore.Runs.Clusters;
using CnpgRestore.Runs.FromBackup;

namespace CnpgRestore.Cli.Commands;

/// <summary>Holds the locks, keeps the journal and shows the result of a recovery, whether it begins, goes on or is undone.</summary>
sealed class FromBackupCarrier(CliSession session, KubernetesApi api, StoreOptions storeOptions, ParseResult parse)
{
    private const string Verb = "from-backup";

    private readonly StateFolder _state = new(EnvironmentVariables.StateFolder);

    public static Option<Duration?> TimeoutOption() =>
        Arg.Length("--timeout", "Longest time for all steps; then the run stops where it can continue. Default: none.", "1h30m");

    /// <summary>Begins, or goes on with what an earlier process of the same request has left.</summary>
    public async Task<int> RunAsync(FromBackupRequest request, bool dryRun, TimeSpan? timeout, string? report, CancellationToken ct)
    {
        using var local = RunLock.Take(_state, FromBackupPlan.SubjectOf(request.Namespace, request.Cluster));
        var recorded = await new RunRecord(api).FindAsync(request.Namespace, request.Cluster, ct);
        if (recorded is not null)
        {
            var difference = (recorded.Decision as FromBackupDecision ?? throw RecordedRun.Unfinished(recorded.Decision)).DifferenceTo(request);
            if (difference is null)
            {
                return await ContinueAsync(recorded, request.Files, dryRun, timeout, report, ct);
            }

            // Another choice, as after a failed attempt, takes the run over once there is nothing to go back to.
            await recorded.DemandNoWayBackAsync(api, difference, ct);
        }

        var run = _state.NewRun(Verb, session.Clock);
        var planner = new FromBackupPlanner(api, request, session.Clock);
        var situation = await planner.LookAsync(ct);
        situation.DemandManifest();
        using var store = await storeOptions.OpenAsync(parse, session, api, request.Namespace, situation.Set.ReadJson(request.Cluster), ct);
        var plan = await planner.PlanAsync(situation, store, run.Value, recorded?.Decision, ct);
        if (dryRun)
        {
            RunOutput.ShowPlan(session, plan.ToPlan(), isResult: true);
            return 0;
        }

        return await CarryOutAsync(plan, store, run, timeout, report, ct);
    }

    /// <summary>Goes on with a recorded run.</summary>
    /// <param name="files">The manifests that the command line names; none: as the run was begun.</param>
    public async Task<int> ContinueAsync(RecordedRun recorded, IReadOnlyList<string> files, bool dryRun, TimeSpan? timeout, string? report, CancellationToken ct)
    {
        var mended = await MendedManifest.ReadAsync(api, recorded.Decision, recorded.Manifest, files, ct);
        using var store = await OpenAsync(recorded with { Manifest = mended.Manifest }, ct);
        var plan = await FromBackupPlanner.ResumeAsync(api, store, (FromBackupDecision)recorded.Decision, mended.Manifest, session.Clock, ct);
        plan = plan with { Notes = [.. plan.Notes, .. mended.Notes] };
        if (dryRun)
        {
            RunOutput.ShowPlan(session, plan.ToPlan(), isResult: true);
            return 0;
        }

        return await CarryOutAsync(plan, store, new RunId(recorded.Decision.Run), timeout, report, ct);
    }

    public async Task<int> UndoAsync(RecordedRun recorded, bool dryRun, CancellationToken ct)
    {
        // What the run has moved is all that undo needs a bucket for, and it moves nothing while the former Cluster is there.
        var needsStore = recorded.Decision is { MoveTo: not null, FormerUid: null };
        using var store = needsStore ? await OpenAsync(recorded, ct) : null;
        var undo = new ClusterUndoCarrier(session, api, _state, apps: null, () => Open(new RunId(recorded.Decision.Run), recorded.Decision));
        return await undo.RunAsync(recorded, store, dryRun, ct);
    }

    private async Task<int> CarryOutAsync(FromBackupPlan plan, IObjectStore store, RunId run, TimeSpan? timeout, string? report, CancellationToken ct)
    {
        var decision = plan.Decision;
        RunOutput.ShowPlan(session, plan.ToPlan(), isResult: false);
        await RunOutput.ConfirmAsync(session, plan.ToPlan(), decision.Cluster, "cluster that is recovered", ct);
        await using var lease = await TakeLeaseAsync(decision, ct);
        using var journal = Open(run, decision);
        using var limit = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, session.Clock);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(ct, lease.Lost, limit.Token);
        var result = await RunOutput.RunAsync(session, async observer =>
        {
            try
            {
                return await new FromBackupRun(api, store, plan, new Run(journal, observer), session.Clock).RunAsync(held.Token);
            }
            catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                throw lease.ToException($"cnpg-restore runs resume {decision.Run} -n {decision.Namespace}");
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                throw new RestoreException(
                    ProblemCode.Stopped,
                    $"the recovery of cluster {decision.Cluster} did not end within --timeout",
                    "this run changes nothing more; what the operator has begun goes on",
                    $"cnpg-restore runs resume {decision.Run} -n {decision.Namespace}");
            }
        });
        await FromBackupOutput.ShowAsync(session, result, report, ct);
        return 0;
    }

    private Journal Open(RunId run, ClusterDecision decision) =>
        File.Exists(_state.JournalOf(run))
            ? Journal.Resume(_state, run, session.Clock)
            : Journal.Create(_state, run, Verb, FromBackupPlan.SubjectOf(decision.Namespace, decision.Cluster), session.Clock);

    private Task<RunLease> TakeLeaseAsync(ClusterDecision decision, CancellationToken ct) => RunLease.TakeAsync(
        api, decision.Namespace, decision.Cluster, new LeaseHolder(decision.Run, Environment.MachineName, Environment.ProcessId), session.Clock, ct);

    private Task<IObjectStore> OpenAsync(RecordedRun recorded, CancellationToken ct) =>
        storeOptions.OpenAsync(parse, session, api, recorded.Decision.Namespace, recorded.Manifest, ct);
}
