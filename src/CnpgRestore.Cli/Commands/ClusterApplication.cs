using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Cli.Commands;

/// <summary>The database that a Cluster was made for, as its bootstrap names it: the one that is meant where no other is named.</summary>
static class ClusterApplication
{
    /// <returns>Null where the bootstrap names none.</returns>
    /// <param name="isWritten">The server must take changes.</param>
    /// <exception cref="RestoreException">Exit 10: no such Cluster. 15: it is a replica, whose server only reads.</exception>
    public static async Task<ApplicationDatabase?> FindAsync(KubernetesApi api, string cluster, bool isWritten, CancellationToken ct)
    {
        var live = await api.GetAsync(new ObjectReference(ResourceTypes.Clusters, api.Namespace, cluster), ct);
        var manifest = ClusterManifest.Read(live, _ => null);
        return isWritten && manifest.Replica is { } replica
            ? throw new RestoreException(replica.ToProblem(cluster, $"the live Cluster in namespace {api.Namespace}"))
            : manifest.Application;
    }

    /// <param name="hint">The command that names one.</param>
    public static RestoreException Missing(string cluster, string hint) => new(ProblemCode.Usage, $"cluster {cluster} names no application database", "its bootstrap has none", hint);
}
