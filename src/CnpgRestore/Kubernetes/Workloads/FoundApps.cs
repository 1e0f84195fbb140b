namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>Who uses the database of a Cluster.</summary>
/// <param name="Exists">Whether the Cluster is there.</param>
/// <param name="Apps">By namespace, kind and name.</param>
/// <param name="Outside">Sessions whose client is no pod that was seen.</param>
/// <param name="Unreadable">What the present user may not list, one clause each; there may be applications.</param>
/// <param name="SessionsProblem">Why nobody could be asked for sessions; null where they are known.</param>
public sealed record FoundApps(
    string Namespace, string Cluster, bool Exists, IReadOnlyList<App> Apps, IReadOnlyList<ClusterSession> Outside, IReadOnlyList<string> Unreadable, string? SessionsProblem);
