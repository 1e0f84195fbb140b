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
        var reference = decision.Reference;
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
        var reference = decision.Reference;
        if ((await api.FindAsync(reference, ct)).Text("metadata", "uid") == uid)
        {
            // Also those that were detached since the plan: the volumes that go with the Cluster are still there.
            if ((await LeftAsync(ct)).Staying is { Count: > 0 } detached)
            {
                throw Staying($"{reference} is not deleted, since volumes of it would stay", detached);
            }

            await api.DeleteAsync(reference, new DeleteOptions(uid), ct);
        }

        while (true)
        {
            var (left, staying) = await LeftAsync(ct);
            var next = await api.FindAsync(reference, ct);
            if (next is not null && next.Text("metadata", "uid") != uid)
            {
                throw new RestoreException(
                    ProblemCode.Stopped,
                    $"{reference} was created anew while it was being deleted",
                    "its uid is another one; GitOps is not suspended at the level that owns it",
                    $"suspend what creates it, then: {decision.ResumeCommand}");
            }

            if (staying.Count > 0 && next is null)
            {
                throw Staying($"{reference} is gone, and volumes of it stay", staying);
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

    /// <returns>What there still is of the Cluster, and which of its claims do not go with it.</returns>
    private async Task<(List<string> Left, List<string> Staying)> LeftAsync(CancellationToken ct)
    {
        // The pods of a Pooler bear the Cluster's label and outlive it.
        var parts = new ListSelector(Labels: $"{CnpgNames.ClusterLabel}={decision.Cluster},{CnpgNames.PodRoleLabel}!=pooler");
        List<string> left = [], staying = [];
        foreach (var type in Parts)
        {
            await foreach (var item in api.ListAsync(type, decision.Namespace, parts, ct))
            {
                var name = item.Text("metadata", "name")!;
                left.Add($"{type.Word} {name}");
                if (type == ResourceTypes.PersistentVolumeClaims && OrphanClaims.OutlivesCluster(item) && item.Text("metadata", "deletionTimestamp") is null)
                {
                    staying.Add(name);
                }
            }
        }

        return (left, staying);
    }

    /// <summary>No wait ends them; and they are not deleted here, since somebody has chosen to keep them.</summary>
    private RestoreException Staying(string message, IReadOnlyList<string> claims) => new(
        ProblemCode.Stopped,
        $"{message}: {string.Join(", ", claims)}",
        "nobody owns these PersistentVolumeClaims: they were detached (kubectl cnpg destroy --keep-pvc), or a Cluster was deleted with --cascade=orphan; the next Cluster of this name would adopt them",
        $"if nothing on them is needed: kubectl delete pvc -n {decision.Namespace} {string.Join(' ', claims)}, then run the same command again");
}
