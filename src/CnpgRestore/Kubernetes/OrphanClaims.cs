using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes;

/// <summary>
/// Volume claims that outlived their Cluster. A new Cluster of the same name adopts them, and its recovery is skipped without a word
/// ([cloudnative-pg] internal/controller/cluster_restore.go).
/// </summary>
public static class OrphanClaims
{
    /// <summary>Whether a claim with the Cluster's label would be adopted: it has a serial number and no owner.</summary>
    public static bool IsAdoptable(JsonObject claim) =>
        claim.Text("metadata", "labels", CnpgNames.ClusterLabel) is not null
        && claim.Text("metadata", "annotations", CnpgNames.NodeSerialAnnotation) is not null
        && OutlivesCluster(claim);

    /// <summary>
    /// Whether a claim stays when its Cluster is deleted: nobody owns it, since <c>kubectl cnpg destroy --keep-pvc</c> or a deletion with
    /// <c>--cascade=orphan</c> has taken its owner.
    /// </summary>
    public static bool OutlivesCluster(JsonObject claim) => !claim.Items("metadata", "ownerReferences").Any();
}
