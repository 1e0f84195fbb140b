using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Runs.Clusters;

/// <summary>A run as the cluster keeps it.</summary>
/// <param name="Former">The Cluster that was there before, as a manifest.</param>
/// <param name="Outcome">What it has achieved so far and the world does not show; null where nothing is noted.</param>
public sealed record RecordedRun(ClusterDecision Decision, JsonObject Manifest, JsonObject? Former, string? Outcome)
{
    public static RestoreException Unfinished(ClusterDecision decision, string? difference = null) => new(
        ProblemCode.Refused,
        $"run {decision.Run} of cluster {decision.Cluster} is not finished",
        $"it was begun on {decision.Host}{(difference is null ? "" : $", with another {difference}")}",
        $"{decision.ResumeCommand}, or runs undo");

    /// <exception cref="RestoreException">
    /// Exit 15: the Cluster that the run found is still there, so the run can be undone instead; or the data would be the same.
    /// </exception>
    public async Task DemandNoWayBackAsync(KubernetesApi api, string difference, CancellationToken ct)
    {
        var live = await api.FindAsync(Decision.Reference, ct);
        if (difference == ClusterDecision.PushOption || Decision.FormerUid is null || live.Text("metadata", "uid") == Decision.FormerUid)
        {
            throw Unfinished(Decision, difference);
        }
    }
}
