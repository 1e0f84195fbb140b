using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>A pod, or an object that makes pods.</summary>
sealed record Workload(ObjectReference Reference, JsonObject Object)
{
    public string Uid => Object.Text("metadata", "uid") ?? "";

    /// <summary>The reference to its owner; null where it stands for itself.</summary>
    public JsonNode? Controller => Object.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Flag("controller") == true);

    public string Kind => Reference.Type.Kind;

    /// <summary>The PodSpec; null where it has none that is known.</summary>
    public JsonNode? PodSpec => Kind switch
    {
        "Pod" => Object["spec"],
        "CronJob" => Object["spec"].At("jobTemplate", "spec", "template", "spec"),
        _ => Object["spec"].At("template", "spec"),
    };

    /// <summary>A Job that has come to its end, well or not.</summary>
    public bool HasEnded => Kind == "Job" && (Object.HasCondition("Complete") || Object.HasCondition("Failed"));

    /// <summary>A ReplicaSet of a Deployment, or of something like it, whose annotations it repeats.</summary>
    public static bool IsCopy(ResourceType type, JsonNode item) =>
        type.Kind == ResourceTypes.ReplicaSets.Kind && item.Items("metadata", "ownerReferences").Any(owner => owner.Flag("controller") == true);

    /// <summary>An old ReplicaSet of a Deployment, kept for its history.</summary>
    public bool IsHistory => Kind == "ReplicaSet" && Object.Number("spec", "replicas") == 0 && Controller is not null;
}
