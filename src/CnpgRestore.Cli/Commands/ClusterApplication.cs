using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Cli.Commands;

/// <summary>The database that a Cluster was made for, as its bootstrap names it: the one that is meant where no other is named.</summary>
static class ClusterApplication
{
    /// <returns>Null where the bootstrap names none.</returns>
    /// <exception cref="RestoreException">Exit 10: no such Cluster.</exception>
    public static async Task<ApplicationDatabase?> FindAsync(KubernetesApi api, string cluster, CancellationToken ct)
    {
        var live = await api.GetAsync(new ObjectReference(ResourceTypes.Clusters, api.Namespace, cluster), ct);
        return ClusterManifest.Read(live, _ => null).Application;
    }

    /// <param name="hint">The command that names one.</param>
    public static RestoreException Missing(string cluster, string hint) => new(ProblemCode.Usage, $"cluster {cluster} names no application database", "its bootstrap has none", hint);
}
