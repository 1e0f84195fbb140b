using System.Text.Json;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes;

/// <summary>Annotations with which a Cluster never becomes ready, as they are set on one that is to stand still.</summary>
static class StopAnnotations
{
    /// <summary>Those of a Cluster whose value stops it; <c>hibernation: off</c> and an empty list of fenced instances stop nothing.</summary>
    public static IEnumerable<string> Of(JsonObject cluster)
    {
        var annotations = cluster.At("metadata", "annotations");
        if (Fences(annotations.Text(CnpgNames.FencedInstancesAnnotation)))
        {
            yield return CnpgNames.FencedInstancesAnnotation;
        }

        if (annotations.Text(CnpgNames.HibernationAnnotation) == "on")
        {
            yield return CnpgNames.HibernationAnnotation;
        }

        if (annotations.Text(CnpgNames.ReconciliationLoopAnnotation) == "disabled")
        {
            yield return CnpgNames.ReconciliationLoopAnnotation;
        }
    }

    private static bool Fences(string? instances)
    {
        try
        {
            return instances is not null && JsonReading.Parse(instances) is not (null or JsonArray { Count: 0 });
        }
        catch (JsonException)
        {
            // The operator refuses to go on with what it cannot read either ([cloudnative-pg] pkg/utils/fencing.go, GetFencedInstances).
            return true;
        }
    }
}
