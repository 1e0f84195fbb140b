using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>
/// What sets a workload's number of replicas by itself: a HorizontalPodAutoscaler, which rests while its target has 0 replicas
/// (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation), or KEDA's ScaledObject,
/// which is told to (https://keda.sh/docs/latest/concepts/scaling-deployments/#pause-autoscaling).
/// </summary>
/// <param name="Minimum">Replicas that its target always has; 0 where it may have none.</param>
public sealed record Autoscaler(ObjectReference Reference, int Minimum, JsonObject Object)
{
    /// <summary>The annotation by which KEDA keeps its target at a number.</summary>
    public const string PausedReplicas = "autoscaling.keda.sh/paused-replicas";

    public bool IsKeda => Reference.Type.Kind == ResourceTypes.ScaledObjects.Kind;

    public static Autoscaler Of(ResourceType type, JsonObject item) => new(
        ObjectReference.Of(type, item),
        type.Kind == ResourceTypes.ScaledObjects.Kind ? item.Number("spec", "minReplicaCount") ?? 0 : item.Number("spec", "minReplicas") ?? 1,
        item);

    internal static async Task<IReadOnlyList<Autoscaler>> ListAsync(NamespaceReader reader, CancellationToken ct)
    {
        var found = new List<Autoscaler>();
        foreach (var type in (IEnumerable<ResourceType>)[ResourceTypes.HorizontalPodAutoscalers, ResourceTypes.ScaledObjects])
        {
            await foreach (var item in reader.ListAsync(type, ListSelector.All, ct))
            {
                found.Add(Of(type, item));
            }
        }

        return found;
    }

    /// <summary>Its target is in its own namespace; a ScaledObject's is a Deployment where it does not say.</summary>
    public bool Scales(ObjectReference workload) => Reference.Namespace == workload.Namespace && Object.Text("spec", "scaleTargetRef", "name") == workload.Name
        && (Object.Text("spec", "scaleTargetRef", "kind") ?? ResourceTypes.Deployments.Kind) == workload.Type.Kind;
}
