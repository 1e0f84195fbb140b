using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Runs.Clusters;

/// <summary>Renames the server folder, so that the new Cluster may archive under its name.</summary>
static class ArchiveMoving
{
    public static async Task RunAsync(KubernetesApi api, IObjectStore store, ClusterDecision decision, Run run, TimeProvider clock, CancellationToken ct)
    {
        // Whoever created the next one: its archive must not be moved.
        if (decision.MoveTo is not { } target || await api.FindAsync(decision.Reference, ct) is not null)
        {
            return;
        }

        if (!await store.ListAsync(KeyPrefix.Root.Folder(decision.Archive), ct).AnyAsync(ct))
        {
            // An earlier process had finished it: what is proven is gone from the source, and only then.
            run.Observer.OnDetail($"{decision.Archive}/ is empty already");
            return;
        }

        var move = await new FolderMovePlanner(store, clock).PlanAsync(ArchiveMove.Of(decision.Archive, target), removalBegun: true, ct);
        await new FolderMove(store, move, run).RunAsync(ct);
    }
}
