using System.Text.Json.Nodes;

namespace CnpgRestore.Manifests;

/// <summary>
/// That a Cluster as a whole follows another one: all its instances are standbys, and nothing can be written to it
/// ([cloudnative-pg] api/v1/cluster_funcs.go, IsReplica).
/// </summary>
/// <param name="Source">The cluster that it follows, as the manifest names it.</param>
/// <param name="Reason">What in <c>spec.replica</c> says so, as a clause.</param>
/// <param name="Promotion">What makes it a primary, as a request.</param>
public sealed record ReplicaRole(string Source, string Reason, string Promotion)
{
    /// <summary>
    /// Below <c>spec.replica</c>: what a former primary gave out when it was demoted. Only the status of the Cluster that was promoted with it says that it is
    /// used up, so the operator waits for a promotion before it makes any instance of a new one ([cloudnative-pg] ShouldPromoteFromReplicaCluster).
    /// </summary>
    public const string PromotionTokenKey = "promotionToken";

    /// <param name="place">Where it stands: <c>cluster.yaml line 7</c>.</param>
    public Problem ToProblem(string cluster, string place) => new(
        ProblemCode.Refused,
        $"cluster {cluster} is a replica of {Source}: nothing can be restored into it",
        $"{place}: {Reason}, so its instances are standbys that only follow",
        $"restore {Source} instead; or promote {cluster} first: {Promotion}");

    /// <summary>Null for a primary.</summary>
    internal static ReplicaRole? Read(JsonNode? spec, string cluster)
    {
        if (spec.At("replica") is not JsonObject replica)
        {
            return null;
        }

        var self = replica.Text("self") is { Length: > 0 } name ? name : cluster;
        var primary = replica.Text("primary") is { Length: > 0 } named ? named : null;
        var source = primary is not null && primary != self ? primary : replica.Text("source") ?? "another cluster";
        // Where enabled is said, it alone decides.
        return (replica.Flag("enabled"), primary) switch
        {
            (true, _) => new ReplicaRole(source, "spec.replica.enabled is true", "set spec.replica.enabled to false"),
            (null, null) => new ReplicaRole(source, "spec.replica names no primary", "set spec.replica.enabled to false"),
            (null, _) when primary != self => new ReplicaRole(source, $"spec.replica.primary is {primary}, and it is {self} itself", $"set spec.replica.primary to {self}"),
            _ => null,
        };
    }
}
