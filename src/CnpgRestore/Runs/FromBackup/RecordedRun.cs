using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;
using CnpgRestore.Plans.FromBackup;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>A run as the cluster keeps it.</summary>
/// <param name="Former">The Cluster that was there before, as a manifest.</param>
public sealed record RecordedRun(FromBackupDecision Decision, JsonObject Manifest, JsonObject? Former)
{
    private const int CopiesInFlight = 64;

    public static RestoreException Unfinished(FromBackupDecision decision, string? difference = null) => new(
        ProblemCode.Refused,
        $"run {decision.Run} of cluster {decision.Cluster} is not finished",
        $"it was begun on {decision.Host}{(difference is null ? "" : $", with another {difference}")}",
        $"cnpg-restore runs resume {decision.Run} -n {decision.Namespace}, or runs undo");

    /// <summary>The option by which a request names something else than the run decided; null where the same command goes on.</summary>
    public string? DifferenceTo(FromBackupRequest request)
    {
        (string Name, string? Asked, string? Decided)[] choices =
        [
            ("--lineage", request.Lineage?.ToString(), Decision.Lineage == Lineage.Keep ? request.Lineage?.ToString() : Decision.Lineage.ToString()),
            ("--archive-name", request.ArchiveName, Decision.Archive),
            ("--source", request.Source, request.Source == Decision.Archive && Decision.MoveTo == Decision.Source ? request.Source : Decision.Source),
            ("target", request.Target.ToString(), Decision.Target),
            ("--backup-id", request.BackupId?.ToString(), Decision.BackupId),
            ("--apply", request.Apply.ToString(), Decision.Apply.ToString()),
        ];
        return choices.FirstOrDefault(choice => choice.Asked is not null && choice.Asked != choice.Decided).Name;
    }

    /// <exception cref="RestoreException">Exit 15: the Cluster that the run found is still there, so the run can be undone instead.</exception>
    public async Task DemandNoWayBackAsync(KubernetesApi api, string difference, CancellationToken ct)
    {
        var live = await api.FindAsync(new ObjectReference(ResourceTypes.Clusters, Decision.Namespace, Decision.Cluster), ct);
        if (Decision.FormerUid is null || live.Text("metadata", "uid") == Decision.FormerUid)
        {
            throw Unfinished(Decision, difference);
        }
    }

    /// <summary>The plan again, with what is left of the move.</summary>
    public async Task<FromBackupPlan> ToPlanAsync(KubernetesApi api, IObjectStore store, TimeProvider clock, CancellationToken ct)
    {
        var live = await api.FindAsync(new ObjectReference(ResourceTypes.Clusters, Decision.Namespace, Decision.Cluster), ct);
        var former = Decision.FormerUid is { } uid && live.Text("metadata", "uid") == uid ? live : null;
        var isCreated = live.Text("metadata", "annotations", LiveManifest.RunAnnotation) == Decision.Run;
        FolderMovePlan? move = null;
        if (Decision.MoveTo is { } target && !isCreated && await store.ListAsync(KeyPrefix.Root.Folder(Decision.Archive), ct).AnyAsync(ct))
        {
            var request = new FolderMoveRequest(Decision.Archive, target, RemoveSource: true, ReadBack: false, CopiesInFlight);
            move = await new FolderMovePlanner(store, clock).PlanAsync(request, removalBegun: true, ct);
        }

        var summary = $"go on with run {Decision.Run}: recover cluster {Decision.Namespace}/{Decision.Cluster} from {store.Address}/{Decision.Source}/, archive to {Decision.Archive}/";
        return new FromBackupPlan(Decision, Manifest, former, store.Address, move, summary, [$"the run was begun on {Decision.Host}; what is done already is found out step by step"]);
    }
}
