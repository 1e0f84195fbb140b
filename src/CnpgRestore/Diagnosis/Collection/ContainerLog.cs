using System.Text.Json.Nodes;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>The last lines of one container, an init container too.</summary>
/// <param name="Job">The Job that the pod belongs to; null for an instance.</param>
public sealed record ContainerLog(string Pod, string Container, string? Job, IReadOnlyList<string> Lines)
{
    public string Place => $"pod {Pod}, container {Container}";
}

/// <summary>A Job, or a pod, with what it says of itself.</summary>
static class Owned
{
    public static string Name(JsonNode? item) => item.Text("metadata", "name") ?? "";

    /// <summary>The Job of a pod; null where it has none.</summary>
    public static string? JobOf(JsonObject pod) => pod.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Text("kind") == "Job").Text("name");
}
