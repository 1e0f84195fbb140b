using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>A workload that uses the database of a Cluster: the outermost owner of its pods that can be stopped, or a pod that has none.</summary>
public sealed record App
{
    public required ObjectReference Reference { get; init; }

    public required StopMethod Method { get; init; }

    /// <summary>Why it cannot be stopped; null where it can.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Wanted now; null where it has no number.</summary>
    public int? Replicas { get; init; }

    /// <summary>Of it, that have not ended.</summary>
    public int Pods { get; init; }

    /// <summary>With the database, at the moment of the look.</summary>
    public int Sessions { get; init; }

    public required IReadOnlyList<AppReason> Reasons { get; init; }

    public IReadOnlyList<Autoscaler> Autoscalers { get; init; } = [];

    /// <summary>Null where no run has stopped it.</summary>
    public StopRecord? Stopped { get; init; }

    /// <summary>As the API has it.</summary>
    public required JsonObject Object { get; init; }

    /// <summary>As <c>--add</c> and <c>--remove</c> take it: <c>deployment/web.shop</c>.</summary>
    public AppName Name => AppName.Of(Reference);
}
