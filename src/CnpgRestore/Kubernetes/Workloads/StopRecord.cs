using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>
/// What a stopped object itself remembers, in annotations: with them alone any machine brings it back. They are written before, or in one patch
/// with, the change.
/// </summary>
/// <param name="Run">The run that stopped it.</param>
/// <param name="Cluster">For which Cluster: <c>shop/orders</c>.</param>
/// <param name="Before">What was there before, as JSON: a number of replicas, or the value of the field that was changed; <c>null</c> where it was absent.</param>
public sealed record StopRecord(string Run, string Cluster, string Before)
{
    public const string RunAnnotation = "cnpg-restore/stopped-by";
    public const string ClusterAnnotation = "cnpg-restore/stopped-for";
    public const string BeforeAnnotation = "cnpg-restore/stopped-from";

    /// <summary>Null where no run has stopped the object.</summary>
    public static StopRecord? Of(JsonNode? item)
    {
        var annotations = item.At("metadata", "annotations");
        return annotations.Text(RunAnnotation) is { } run && annotations.Text(ClusterAnnotation) is { } cluster && annotations.Text(BeforeAnnotation) is { } before
            ? new StopRecord(run, cluster, before)
            : null;
    }

    /// <summary>The merge patch that writes it, and nothing where the object has changed since it was read.</summary>
    /// <param name="version">The object's <c>resourceVersion</c>.</param>
    public JsonObject Patch(string? version) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["resourceVersion"] = version,
            ["annotations"] = new JsonObject { [RunAnnotation] = Run, [ClusterAnnotation] = Cluster, [BeforeAnnotation] = Before },
        },
    };

    /// <summary>The merge patch that takes it away.</summary>
    public static JsonObject Removal() => new()
    {
        ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [RunAnnotation] = null, [ClusterAnnotation] = null, [BeforeAnnotation] = null } },
    };
}
