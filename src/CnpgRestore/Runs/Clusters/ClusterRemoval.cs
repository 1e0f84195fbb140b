using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.Clusters;
using static System.FormattableString;

namespace CnpgRestore.Runs.Clusters;

/// <summary>
/// Deletes the Cluster that the plan found and no other, and waits until nothing of it is left: a pod that still runs may archive once more, and a
/// volume that is still there would be adopted by the new cluster.
/// </summary>
sealed class ClusterRemoval(KubernetesApi api, ClusterDecision decision, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly ResourceType[] Parts = [ResourceTypes.Pods, ResourceTypes.Jobs, ResourceTypes.PersistentVolumeClaims];

    public async Task<string> RemoveAsync(StepMeter meter, CancellationToken ct)
    {
        var reference = new ObjectReference(ResourceTypes.Clusters, decision.Namespace, decision.Cluster);
        var live = await api.FindAsync(reference, ct);
        if (IsOurs(live))
        {
            return "done before: the recovered cluster is there already";
        }

        if (live is not null && live.Text("metadata", "uid") != decision.FormerUid)
        {
            if (decision.Apply == ApplyMode.None)
            {
                return "done before: somebody has applied the manifest since; what it says is looked at before it is waited for";
            }

            throw new RestoreException(
                ProblemCode.Stopped,
                $"{reference} is not the one that the plan was made for",
                "somebody has created it anew since, GitOps perhaps; only the former one is this run's to delete",
                $"suspend what creates it; if nothing in it is needed, kubectl delete cluster -n {decision.Namespace} {decision.Cluster}, then: {decision.ResumeCommand}");
        }

        return await RemoveAsync(decision.FormerUid!, meter, ct);
    }

    /// <summary>Deletes this one Cluster and waits until nothing of it is left.</summary>
    public async Task<string> RemoveAsync(string uid, StepMeter meter, CancellationToken ct)
    {
        var reference = new ObjectReference(ResourceTypes.Clusters, decision.Namespace, decision.Cluster);
        if ((await api.FindAsync(reference, ct)).Text("metadata", "uid") == uid)
        {
            await api.DeleteAsync(reference, new DeleteOptions(uid), ct);
        }

        while (true)
        {
            var left = await LeftAsync(ct);
            var next = await api.FindAsync(reference, ct);
            if (next is not null && next.Text("metadata", "uid") != uid)
            {
                throw new RestoreException(
                    ProblemCode.Stopped,
                    $"{reference} was created anew while it was being deleted",
                    "its uid is another one; GitOps is not suspended at the level that owns it",
                    $"suspend what creates it, then: {decision.ResumeCommand}");
            }

            if (left.Count == 0 && next is null)
            {
                return "pods, jobs and volumes are gone";
            }

            meter.Note = left.Count == 0 ? "waiting for the Cluster" : Invariant($"waiting for {string.Join(", ", left.Take(4))}{(left.Count > 4 ? ", ..." : "")}");
            await Task.Delay(Interval, clock, ct);
        }
    }

    /// <summary>Created by this very run.</summary>
    public bool IsOurs(System.Text.Json.Nodes.JsonObject? cluster) => cluster.Text("metadata", "annotations", LiveManifest.RunAnnotation) == decision.Run;

    private async Task<List<string>> LeftAsync(CancellationToken ct)
    {
        // The pods of a Pooler bear the Cluster's label and outlive it.
        var parts = new ListSelector(Labels: $"{CnpgNames.ClusterLabel}={decision.Cluster},{CnpgNames.PodRoleLabel}!=pooler");
        var left = new List<string>();
        foreach (var type in Parts)
        {
            await foreach (var item in api.ListAsync(type, decision.Namespace, parts, ct))
            {
                left.Add($"{type.Word} {item.Text("metadata", "name")}");
            }
        }

        return left;
    }
}
