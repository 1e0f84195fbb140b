using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.FromBackup;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>Creates the Cluster that recovers, or with <see cref="ApplyMode.None"/> finds the one that somebody has applied.</summary>
sealed class ClusterCreation(KubernetesApi api, FromBackupDecision decision, JsonObject manifest, ClusterRemoval removal)
{
    private ObjectReference Reference => new(ResourceTypes.Clusters, decision.Namespace, decision.Cluster);

    public async Task<string> CreateAsync(StepMeter meter, CancellationToken ct)
    {
        if (await api.FindAsync(Reference, ct) is { } live)
        {
            if (live.Text("metadata", "uid") == decision.FormerUid)
            {
                throw new RestoreException(ProblemCode.Stopped, $"{Reference} is still the former one", hint: $"cnpg-restore runs resume {decision.Run} -n {decision.Namespace}");
            }

            DemandRecovery(live);
            if (!removal.IsOurs(live) || !await HasFailedAsync(live, ct))
            {
                return "it is there already";
            }

            // Its recovery never ended, so nothing is in it; a Job that has failed is not begun again by the operator.
            await removal.RemoveAsync(live.Text("metadata", "uid")!, meter, ct);
        }

        if (decision.Apply == ApplyMode.None)
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                $"{string.Join(", ", decision.Files)} is written and waits to be applied",
                "--apply none leaves that to you",
                $"kubectl apply it, then: cnpg-restore runs resume {decision.Run} -n {decision.Namespace}");
        }

        await api.CreateAsync(ResourceTypes.Clusters, decision.Namespace, (JsonObject)manifest.DeepClone(), WriteOptions.Default, ct);
        return $"recovers from {decision.Source}/, archives to {decision.Archive}/";
    }

    private async Task<bool> HasFailedAsync(JsonObject live, CancellationToken ct)
    {
        if (live.Text("status", "currentPrimary") is { Length: > 0 })
        {
            return false;
        }

        var job = await api.FindAsync(new ObjectReference(ResourceTypes.Jobs, decision.Namespace, CnpgNames.RecoveryJob(decision.Cluster)), ct);
        return job.Number("status", "failed") > 0 || ClusterPhase.IsStuck(live.Text("status", "phase") ?? "");
    }

    /// <summary>Whoever created it, it must recover from the folder that was decided, and from nothing else.</summary>
    private void DemandRecovery(JsonObject live)
    {
        var found = ClusterManifest.Read(live, _ => null);
        if (found.Methods is not [BootstrapMethod.Recovery] || found.Source?.ServerName != decision.Source || found.Destination?.ServerName != decision.Archive)
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                $"{Reference} exists and does not recover from {decision.Source}/ into {decision.Archive}/",
                $"it says bootstrap {string.Join(" and ", found.Methods)}, from {found.Source?.ServerName ?? "nothing"}/, archives to {found.Destination?.ServerName ?? "nothing"}/; GitOps has been faster, or somebody else",
                $"suspend what creates it and delete it, then: cnpg-restore runs resume {decision.Run} -n {decision.Namespace}");
        }
    }
}
