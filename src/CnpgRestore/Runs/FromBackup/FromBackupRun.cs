using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Runs.Clusters;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>
/// Carries a recovery out, step by step. Each step asks the cluster, the bucket and the files what is already done, so that a run which was killed
/// anywhere is finished by running all steps again, from this machine or another.
/// </summary>
public sealed class FromBackupRun(KubernetesApi api, IObjectStore store, FromBackupPlan plan, Run run, TimeProvider clock)
{
    private FromBackupDecision Decision => plan.Decision;

    public async Task<FromBackupResult> RunAsync(CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var record = new RunRecord(api);
        var replacement = new ClusterReplacement(api, store, Decision, plan.Manifest, plan.Steps, run, clock)
        {
            LastLook = async (meter, token) =>
            {
                await new LastWal(api, store, plan, clock).ArchiveAsync(meter, token);
                await new DecidedPath(store, Decision).DemandAsync(token);
            },
        };
        var proof = new RecoveryProof(api, store, Decision, clock);

        await run.StepAsync(plan.Steps.Record, async (_, token) => await record.WriteAsync(Decision, plan.Manifest, plan.Former, token), ct);
        await replacement.SuspendGitOpsAsync(ct);
        await replacement.RunAsync(plan.CreateCluster, ct);
        await run.StepAsync(plan.Recover, replacement.WaitAsync, ct);
        await run.StepAsync(plan.ProveData, proof.ProveAsync, ct);
        var firstBackup = "";
        await run.StepAsync(plan.Steps.FirstBackup, async (meter, token) => firstBackup = await new FirstBackup(api, Decision).TakeAsync(meter, token), ct);
        var warnings = await FinishGitOpsAsync(replacement, ct);
        await record.RemoveAsync(Decision, ct);
        run.Finish();
        return new FromBackupResult(Decision, proof.Reached!, proof.Checks, proof.Databases, firstBackup, warnings, clock.GetElapsedTime(start));
    }

    private async Task<IReadOnlyList<string>> FinishGitOpsAsync(ClusterReplacement replacement, CancellationToken ct)
    {
        var edit = $"what 'cnpg-restore manifest recovery -f cluster.yaml --source {Decision.Source}";
        var difference = Decision is { Apply: not ApplyMode.Git, Lineage: Lineage.New }
            ? $"Git still archives to another folder than {Decision.Archive}/; commit {edit} --archive-name {Decision.Archive}' makes of the manifest"
            : null;
        if (await replacement.ResumeGitOpsAsync("the cluster is recovered", difference, ct) is { } warning)
        {
            return [warning];
        }

        return Decision.Owners.Count > 0 && Decision.Apply == ApplyMode.Api
            ? [$"the manifest in Git is as it was: where it says initdb, the operator's webhook refuses it beside the recovery until Git holds {edit}' makes of it"]
            : [];
    }
}
