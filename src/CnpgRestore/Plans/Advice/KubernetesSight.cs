using CnpgRestore.Kubernetes;

namespace CnpgRestore.Plans.Advice;

/// <summary>What Kubernetes says of a Cluster and of what is around it.</summary>
public sealed record KubernetesSight
{
    /// <summary>Why it was not asked; null where it was.</summary>
    public string? NotAsked { get; init; }

    /// <summary>What ended the look; null where nothing did.</summary>
    public Problem? Problem { get; init; }

    /// <summary>The API server's address.</summary>
    public string? Server { get; init; }

    public string? Namespace { get; init; }

    /// <summary>The API has answered something.</summary>
    public bool Answers { get; init; }

    /// <summary>CloudNativePG's types are there.</summary>
    public bool HasCnpg { get; init; }

    /// <summary>The Cluster; null where it does not exist or could not be asked for.</summary>
    public CnpgCluster? Cluster { get; init; }

    /// <summary>The API was asked for the Cluster and has none.</summary>
    public bool IsGone { get; init; }

    /// <summary>The operator's image and its pods that are ready; null where it was not found or not permitted.</summary>
    public string? Operator { get; init; }

    /// <summary>Null where no Deployment of it was found, or none may be listed.</summary>
    public bool? OperatorRuns { get; init; }

    /// <summary>What writes the Cluster from Git: <c>Kustomization flux-system/databases</c>; the outermost first.</summary>
    public IReadOnlyList<string> Owners { get; init; } = [];

    /// <summary>Why an owner could not be suspended.</summary>
    public IReadOnlyList<Problem> OwnerProblems { get; init; } = [];

    /// <summary>Of one instance: what its volume claim has, or what the Cluster asks for.</summary>
    public ByteSize? VolumeSize { get; init; }

    /// <summary><c>spec.enableSuperuserAccess</c>.</summary>
    public bool? SuperuserAccess { get; init; }

    /// <summary>What could not be looked at, and why.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>Someone is there to answer a connection.</summary>
    public bool IsUp => Cluster is { ReadyInstances: > 0, IsBeingDeleted: false, IsHibernated: false };

    /// <summary>Nothing seems to be wrong with it.</summary>
    public bool IsHealthy => Cluster is { IsHealthy: true, IsBeingDeleted: false, IsFenced: false };
}
