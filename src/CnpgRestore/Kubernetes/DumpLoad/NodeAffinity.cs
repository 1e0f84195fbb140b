using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.DumpLoad;

/// <summary>
/// Where the scheduler puts a pod, by the node's name, as the DaemonSet controller asks for it (Kubernetes, core/v1 NodeSelectorTerm.matchFields). It needs
/// no label of the node, which not everybody may read, and unlike <c>spec.nodeName</c> it heeds taints and room.
/// </summary>
static class NodeAffinity
{
    /// <summary>On no other node.</summary>
    public static JsonObject On(string node) => new()
    {
        ["nodeAffinity"] = new JsonObject { ["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonObject { ["nodeSelectorTerms"] = new JsonArray(Term(node)) } },
    };

    /// <summary>There, if there it can.</summary>
    public static JsonObject Near(string node) => new()
    {
        ["nodeAffinity"] = new JsonObject
        {
            ["preferredDuringSchedulingIgnoredDuringExecution"] = new JsonArray(new JsonObject { ["weight"] = 100, ["preference"] = Term(node) }),
        },
    };

    private static JsonObject Term(string node) => new()
    {
        ["matchFields"] = new JsonArray(new JsonObject { ["key"] = "metadata.name", ["operator"] = "In", ["values"] = new JsonArray(node) }),
    };
}
