using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Runs.Clusters;

/// <summary>The pods in which the bootstrap of a Cluster is tried, one after the other.</summary>
/// <param name="Pods">Those that are there, ended ones among them.</param>
sealed record BootstrapAttempts(IReadOnlyList<JsonObject> Pods)
{
    public static async Task<BootstrapAttempts> ReadAsync(KubernetesApi api, ClusterDecision decision, CancellationToken ct) =>
        new(await api.ListAsync(ResourceTypes.Pods, decision.Namespace, new ListSelector($"job-name={decision.Job}"), ct).ToListAsync(ct));

    /// <summary>One is under way: hours of a large restore may be in it, and it needs nobody but itself.</summary>
    public bool IsAlive => Pods.Any(pod => pod.Text("status", "phase") is "Pending" or "Running");

    /// <summary>One has made the data; the instance follows.</summary>
    public bool HasSucceeded => Pods.Any(pod => pod.Text("status", "phase") is "Succeeded");

    public IReadOnlySet<string> Names => Pods.Select(pod => pod.Text("metadata", "name") ?? "").ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Whether the bootstrap has failed for good, so that nothing is in the Cluster. A phase that the operator leaves by itself does not say so: it comes
    /// and goes while a recovery runs, and after it.
    /// </summary>
    /// <param name="live">The Cluster.</param>
    /// <param name="job">Its Job; null where there is none (any more).</param>
    public bool HaveFailed(JsonObject live, JsonObject? job)
    {
        if (live.Text("status", "currentPrimary") is { Length: > 0 })
        {
            return false;
        }

        var phase = live.Text("status", "phase") ?? "";
        return phase == ClusterPhase.Unrecoverable
            || (!IsAlive && !HasSucceeded && ((ClusterPhase.IsStuck(phase) && !ClusterPhase.IsRetried(phase)) || job.Number("status", "failed") > 0));
    }
}
