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
    private readonly List<string> _warnings = [];

    private FromBackupDecision Decision => plan.Decision;

    public async Task<FromBackupResult> RunAsync(CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var record = new RunRecord(api);
        var gitOps = new GitOpsSwitch(api, Decision.Owners, Decision.Run, Decision.ResumeCommand, clock);
        var removal = new ClusterRemoval(api, Decision, clock);
        var delivery = new ManifestDelivery(Decision);
        var creation = new ClusterCreation(api, Decision, plan.Manifest, removal);
        var proof = new RecoveryProof(api, store, Decision, clock);

        await run.StepAsync(plan.Steps.Record, async (_, token) => await record.WriteAsync(Decision, plan.Manifest, plan.Former, token), ct);
        if (Decision.Owners.Count > 0)
        {
            await run.StepAsync(plan.Steps.SuspendGitOps, (_, token) => gitOps.SuspendAsync(token), ct);
        }

        if (Decision.FormerUid is not null)
        {
            await run.StepAsync(
                plan.Steps.StopCluster,
                async (meter, token) =>
                {
                    await gitOps.DemandSuspendedAsync(token);
                    return await removal.RemoveAsync(meter, token);
                },
                ct);
        }

        await ArchiveMoving.RunAsync(api, store, Decision, run, clock, ct);
        if (Decision.Apply != ApplyMode.Api)
        {
            await run.StepAsync(plan.Steps.WriteManifest, (_, token) => delivery.WriteAsync(token), ct);
        }

        await run.StepAsync(
            plan.CreateCluster,
            async (meter, token) =>
            {
                await gitOps.DemandSuspendedAsync(token);
                return await creation.CreateAsync(meter, token);
            },
            ct);
        await run.StepAsync(plan.Recover, new RecoveryWait(api, Decision, run.Observer).WaitAsync, ct);
        await run.StepAsync(plan.ProveData, proof.ProveAsync, ct);
        var firstBackup = "";
        await run.StepAsync(plan.Steps.FirstBackup, async (meter, token) => firstBackup = await new FirstBackup(api, Decision).TakeAsync(meter, token), ct);
        await FinishGitOpsAsync(gitOps, delivery, ct);
        await record.RemoveAsync(Decision, ct);
        run.Finish();
        return new FromBackupResult(Decision, proof.Reached!, proof.Checks, proof.Databases, firstBackup, _warnings, clock.GetElapsedTime(start));
    }

    /// <summary>GitOps goes on only where it finds in Git what runs now; otherwise it would take the recovery back.</summary>
    private async Task FinishGitOpsAsync(GitOpsSwitch gitOps, ManifestDelivery delivery, CancellationToken ct)
    {
        if (Decision.Owners.Count == 0)
        {
            return;
        }

        var sameNames = Decision.Lineage != Lineage.New;
        if (Decision.Apply == ApplyMode.Git && !delivery.IsPublished)
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                "the cluster is recovered; the commit is not pushed, so GitOps stays suspended",
                "resumed now, it would apply the manifest from before",
                $"git push, then: {Decision.ResumeCommand}");
        }

        if (Decision.Apply == ApplyMode.Api && !sameNames)
        {
            _warnings.Add(
                $"GitOps stays suspended ({string.Join(", ", Decision.Owners)}): Git still archives to another folder than {Decision.Archive}/; commit what 'cnpg-restore manifest recovery -f cluster.yaml --source {Decision.Source} --archive-name {Decision.Archive}' makes of the manifest, then resume it");
            return;
        }

        if (Decision.Apply == ApplyMode.Api)
        {
            _warnings.Add(
                $"the manifest in Git is as it was: where it says initdb, the operator's webhook refuses it beside the recovery until Git holds what 'cnpg-restore manifest recovery -f cluster.yaml --source {Decision.Source}' makes of it");
        }

        await run.StepAsync(plan.Steps.ResumeGitOps, (_, token) => gitOps.ResumeAsync(token), ct);
    }
}
