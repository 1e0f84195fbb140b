using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>The patches that stop objects without a number of replicas, and the values from before that bring them back.</summary>
public static class StopChange
{
    /// <summary>No node has it, so the DaemonSet's pods are wanted nowhere.</summary>
    private const string UnscheduleLabel = "cnpg-restore/stopped";

    /// <summary>What the field that will change holds now, as JSON; <c>null</c> where it is absent.</summary>
    public static string Before(StopMethod method, JsonObject item) => item.At(PathOf(method))?.ToJsonString() ?? "null";

    /// <summary>Whether there is nothing to do, as somebody has stopped it before.</summary>
    public static bool IsStopped(StopMethod method, JsonObject item) => JsonNode.DeepEquals(item.At(PathOf(method)), ValueOf(method));

    public static JsonObject Stop(StopMethod method) => Patch(method, ValueOf(method));

    /// <param name="before">As <see cref="Before"/> gave it.</param>
    public static JsonObject Restore(StopMethod method, string before) => Patch(method, JsonNode.Parse(before));

    private static JsonObject Patch(StopMethod method, JsonNode? value)
    {
        JsonNode? patch = value;
        foreach (var key in PathOf(method).Reverse())
        {
            patch = new JsonObject { [key] = patch };
        }

        return patch!.AsObject();
    }

    private static string[] PathOf(StopMethod method) => method switch
    {
        StopMethod.Suspend => ["spec", "suspend"],
        StopMethod.Pause => ["metadata", "annotations", Autoscaler.PausedReplicas],
        StopMethod.Unschedule => ["spec", "template", "spec", "nodeSelector", UnscheduleLabel],
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "is no change of a field"),
    };

    private static JsonNode ValueOf(StopMethod method) => method switch
    {
        StopMethod.Suspend => JsonValue.Create(true),
        StopMethod.Pause => JsonValue.Create("0"),
        _ => JsonValue.Create("true"),
    };
}
