using CnpgRestore.Cli.Output;
using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Runs;
using CnpgRestore.Runs.Clusters;

namespace CnpgRestore.Cli.Commands;

/// <summary>Holds the locks, shows what taking back a run of a Cluster would do, asks, and does it.</summary>
/// <param name="apps">The applications that the run has stopped; null where it stops none.</param>
/// <param name="open">The run's journal on this machine.</param>
sealed class ClusterUndoCarrier(CliSession session, KubernetesApi api, StateFolder state, FromDumpApps? apps, Func<Journal> open)
{
    public async Task<int> RunAsync(RecordedRun recorded, IObjectStore? store, bool dryRun, CancellationToken ct)
    {
        var decision = recorded.Decision;
        var undo = new ClusterUndo(api, store, recorded, session.Clock);
        if (dryRun)
        {
            await ShowAsync(await undo.PlanAsync(ct), isResult: true, ct);
            return 0;
        }

        using var local = RunLock.Take(state, FromBackupPlan.SubjectOf(decision.Namespace, decision.Cluster));
        // Before the question: nobody goes on with the run while a person thinks about taking it back.
        await using var lease = await RunLease.TakeAsync(
            api, decision.Namespace, decision.Cluster, new LeaseHolder(decision.Run, Environment.MachineName, Environment.ProcessId), session.Clock, ct);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(ct, lease.Lost);
        try
        {
            return await CarryOutAsync(undo, await undo.PlanAsync(held.Token), held.Token);
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw lease.ToException($"cnpg-restore runs undo {decision.Run} -n {decision.Namespace}");
        }
    }

    private async Task<int> CarryOutAsync(ClusterUndo undo, ClusterUndoPlan plan, CancellationToken ct)
    {
        var decision = plan.Decision;
        await ShowAsync(plan, isResult: false, ct);
        await RunOutput.ConfirmAsync(session, plan.ToPlan(), decision.Cluster, "cluster that is put back as it was", ct);
        var start = session.Clock.GetTimestamp();
        using var journal = open();
        await RunOutput.RunAsync(session, async observer =>
        {
            await undo.RunAsync(plan, new Run(journal, observer), ct);
            return 0;
        });
        EndOutput.Write(session, decision.Run, plan.ToPlan(), $"run {decision.Run} is undone: cluster {decision.Cluster} is as it was before", session.Clock.GetElapsedTime(start));
        return apps is null ? 0 : await apps.StartAsync(ct);
    }

    private async Task ShowAsync(ClusterUndoPlan plan, bool isResult, CancellationToken ct)
    {
        RunOutput.ShowPlan(session, plan.ToPlan(), isResult);
        if (apps is not null)
        {
            await apps.PlanStartAsync(isResult, ct);
        }
    }
}
