using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Plans.Clusters;

/// <summary>The renaming that frees the name which a new Cluster archives to.</summary>
public static class ArchiveMove
{
    private const int CopiesInFlight = 64;

    public static FolderMoveRequest Of(string source, string target) => new(source, target, RemoveSource: true, ReadBack: false, CopiesInFlight);

    /// <summary>Null where something stands in the way, which is added to the problems.</summary>
    internal static async Task<FolderMovePlan?> PlanAsync(IObjectStore store, string archive, string moveTo, TimeProvider clock, List<Problem> problems, CancellationToken ct)
    {
        try
        {
            return await new FolderMovePlanner(store, clock).PlanAsync(Of(archive, moveTo), removalBegun: false, ct);
        }
        catch (RestoreException e)
        {
            problems.Add(e.Problem);
            return null;
        }
    }

    /// <summary>What is left of it; null where nothing is, or the new Cluster archives already.</summary>
    public static async Task<FolderMovePlan?> LeftAsync(KubernetesApi api, IObjectStore store, ClusterDecision decision, TimeProvider clock, CancellationToken ct)
    {
        if (decision.MoveTo is not { } target
            || (await api.FindAsync(decision.Reference, ct)).Text("metadata", "annotations", LiveManifest.RunAnnotation) == decision.Run
            || !await store.ListAsync(KeyPrefix.Root.Folder(decision.Archive), ct).AnyAsync(ct))
        {
            return null;
        }

        return await new FolderMovePlanner(store, clock).PlanAsync(Of(decision.Archive, target), removalBegun: true, ct);
    }
}
