namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>Where to look for a Cluster's applications, and what the user knows better.</summary>
public sealed record AppScope
{
    /// <summary>Empty: all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Taken as applications whatever is found; naming a DaemonSet asks for its being stopped.</summary>
    public IReadOnlyList<AppName> Added { get; init; } = [];

    /// <summary>Left alone whatever is found.</summary>
    public IReadOnlyList<AppName> Removed { get; init; } = [];

    /// <summary>Workloads with these labels are taken too, in kubectl's notation: <c>tier=backend</c>.</summary>
    public string? Selector { get; init; }
}
