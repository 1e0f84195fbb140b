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

    /// <summary>Pods of a Cluster that is down or recovering are missing here.</summary>
    public required IReadOnlyList<string> InstanceNames { get; init; }

    /// <summary>The primary's pod; null while the first one is being made.</summary>
    public string? CurrentPrimary { get; init; }

    /// <summary>Differs from <see cref="CurrentPrimary"/> during a switchover.</summary>
    public string? TargetPrimary { get; init; }

    /// <summary>The image that runs, or, before there is one, the one that is asked for.</summary>
    public string? Image { get; init; }

    /// <summary>Of the data, as the operator noted it; null before there is any.</summary>
    public int? PostgresMajor { get; init; }

    /// <summary>The same before and after a physical recovery; null until an instance has reported it (CNPG 1.26).</summary>
    public SystemIdentifier? SystemIdentifier { get; init; }

    public TimelineId? Timeline { get; init; }

    /// <summary><c>spec.storage.size</c>, a Kubernetes quantity: <c>20Gi</c>.</summary>
    public string? StorageSize { get; init; }

    public bool HasWalStorage { get; init; }

    public required IReadOnlyList<string> Tablespaces { get; init; }

    /// <summary>Names of the plugins that are loaded.</summary>
    public required IReadOnlyList<string> Plugins { get; init; }

    public bool IsHibernated { get; init; }

    /// <summary>PostgreSQL is stopped in some or all instances.</summary>
    public bool IsFenced { get; init; }

    /// <summary>The commit that the operator was built from.</summary>
    public string? OperatorCommit { get; init; }

    public ObjectReference Reference => new(ResourceTypes.Clusters, Namespace, Name);

    /// <summary>All instances are up and the operator is content. It does not say that the data is what was asked for.</summary>
    public bool IsHealthy => Phase == ClusterPhase.Healthy && ReadyInstances > 0 && ReadyInstances == Instances && Condition(ClusterCondition.Ready) is not { IsTrue: false };

    /// <summary>Null while the operator has not said.</summary>
    public bool? IsArchiving => Condition(ClusterCondition.ContinuousArchiving)?.IsTrue;

    /// <summary>
    /// The bootstrap section is not looked at any more: editing it changes nothing ([cloudnative-pg] api/v1/cluster_funcs.go, IsInitialized).
    /// </summary>
    public bool IsInitialized => Condition(ClusterCondition.Initialized)?.IsTrue ?? InstanceNames.Count > 0;

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
            InstanceNames = [.. status.Items("instanceNames").Select(name => name.Text()).OfType<string>()],
            CurrentPrimary = Filled(status.Text("currentPrimary")),
            TargetPrimary = Filled(status.Text("targetPrimary")),
            Image = Filled(status.Text("image")) ?? spec.Text("imageName"),
            PostgresMajor = status.Number("pgDataImageInfo", "majorVersion"),
            SystemIdentifier = Postgres.SystemIdentifier.TryParse(status.Text("systemID"), null, out var identifier) ? identifier : null,
            Timeline = status.Number("timelineID") is > 0 and var timeline ? new TimelineId((uint)timeline) : null,
            StorageSize = spec.Text("storage", "size"),
            HasWalStorage = spec.At("walStorage") is JsonObject,
            Tablespaces = [.. spec.Items("tablespaces").Select(tablespace => tablespace.Text("name")).OfType<string>()],
            Plugins = [.. status.Items("pluginStatus").Select(plugin => plugin.Text("name")).OfType<string>()],
            IsHibernated = metadata.Text("annotations", CnpgNames.HibernationAnnotation) == "on",
            IsFenced = metadata.Text("annotations", CnpgNames.FencedInstancesAnnotation) is { Length: > 0 } fenced && fenced != "[]",
            OperatorCommit = Filled(status.Text("cloudNativePGCommitHash")),
        };
    }

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
