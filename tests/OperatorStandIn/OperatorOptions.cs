using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Clusters;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn;

/// <summary>How the program was started.</summary>
/// <param name="Image">The image that a pod really runs where the Cluster names none of the node's own (<c>localhost/...</c>).</param>
/// <param name="Version">The operator's version where a Cluster's annotation names no other.</param>
sealed record OperatorOptions(string Kubeconfig, string Address, string Image, Version Version)
{
    public Version VersionFor(JsonObject cluster) => cluster.Annotation(Faults.OperatorVersion) is { } version ? Version.Parse(version) : Version;
}
