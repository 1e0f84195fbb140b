namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>Connections of one kind to one instance (pg_stat_activity), none of them ours or CloudNativePG's own.</summary>
/// <param name="Address">The client's; null where it came through the instance's own socket.</param>
/// <param name="Application">What the client calls itself; often empty.</param>
public sealed record ClusterSession(string Instance, string? Address, string Database, string User, string Application, int Count)
{
    /// <summary>As messages say it.</summary>
    public string What => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Count} {(Count == 1 ? "session" : "sessions")} of role {User} in database {Database}{(Application.Length > 0 ? $" ({Application})" : "")}");
}
