using System.Text.Json.Nodes;
using CnpgRestore.Postgres;

namespace CnpgRestore.Kubernetes;

/// <summary>
/// A Cluster as it is at this moment ([cloudnative-pg] api/v1/cluster_types.go). What its manifest says about backup and recovery is read elsewhere.
/// </summary>
public sealed record CnpgCluster
{
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    /// <summary>A Cluster that was deleted and created again has the same name and another uid.</summary>
    public required string Uid { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Its deletion is asked for, and something still holds it.</summary>
    public bool IsBeingDeleted { get; init; }

    /// <summary>For people; empty before the operator has seen the Cluster. Known words: <see cref="ClusterPhase"/>.</summary>
    public required string Phase { get; init; }

    /// <summary>For people, not for programs.</summary>
    public string? PhaseReason { get; init; }

    public required IReadOnlyList<ClusterCondition> Conditions { get; init; }

    /// <summary>As many as are asked for.</summary>
    public int Instances { get; init; }

    public int ReadyInstances { get; init; }

    /// <summary>The primary's pod; null while the first one is being made.</summary>
    public string? CurrentPrimary { get; init; }

    /// <summary>The image that runs, or, before there is one, the one that is asked for.</summary>
    public string? Image { get; init; }

    /// <summary>The same before and after a physical recovery; null until an instance has reported it (CNPG 1.26).</summary>
    public SystemIdentifier? SystemIdentifier { get; init; }

    /// <summary><c>spec.storage.size</c>, a Kubernetes quantity: <c>20Gi</c>.</summary>
    public string? StorageSize { get; init; }

    public bool IsHibernated { get; init; }

    /// <summary>PostgreSQL is stopped in some or all instances.</summary>
    public bool IsFenced { get; init; }

    /// <summary>All instances are up and the operator is content. It does not say that the data is what was asked for.</summary>
    public bool IsHealthy => Phase == ClusterPhase.Healthy && ReadyInstances > 0 && ReadyInstances == Instances && Condition(ClusterCondition.Ready) is not { IsTrue: false };

    /// <summary>Null while the operator has not said.</summary>
    public bool? IsArchiving => Condition(ClusterCondition.ContinuousArchiving)?.IsTrue;

    public ClusterCondition? Condition(string type) => Conditions.FirstOrDefault(condition => condition.Type == type);

    public static CnpgCluster Read(JsonObject cluster)
    {
        var metadata = cluster["metadata"];
        var spec = cluster["spec"];
        var status = cluster["status"];
        return new CnpgCluster
        {
            Name = metadata.Text("name") ?? "",
            Namespace = metadata.Text("namespace") ?? "",
            Uid = metadata.Text("uid") ?? "",
            CreatedAt = metadata.Time("creationTimestamp"),
            IsBeingDeleted = metadata.At("deletionTimestamp") is not null,
            Phase = status.Text("phase") ?? "",
            PhaseReason = Filled(status.Text("phaseReason")),
            Conditions = [.. status.Items("conditions").Select(ClusterCondition.Read)],
            Instances = spec.Number("instances") ?? 1,
            ReadyInstances = status.Number("readyInstances") ?? 0,
            CurrentPrimary = Filled(status.Text("currentPrimary")),
            Image = Filled(status.Text("image")) ?? spec.Text("imageName"),
            SystemIdentifier = Postgres.SystemIdentifier.TryParse(status.Text("systemID"), null, out var identifier) ? identifier : null,
            StorageSize = spec.Text("storage", "size"),
            IsHibernated = metadata.Text("annotations", CnpgNames.HibernationAnnotation) == "on",
            IsFenced = metadata.Text("annotations", CnpgNames.FencedInstancesAnnotation) is { Length: > 0 } fenced && fenced != "[]",
        };
    }

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
