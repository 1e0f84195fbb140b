using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes;

/// <summary>The conditions by which an object tells its state (Kubernetes API conventions, "Typical status properties").</summary>
static class ObjectCondition
{
    /// <param name="type"><c>Ready</c> of a pod, <c>Complete</c> or <c>Failed</c> of a Job.</param>
    /// <returns>Whether the condition is there and True.</returns>
    public static bool HasCondition(this JsonNode? item, string type) =>
        item.Items("status", "conditions").Any(condition => condition.Text("type") == type && condition.Text("status") == "True");
}
