using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Plans;

/// <summary>The Clusters that the API has, each read with the ObjectStores of its own namespace that it names.</summary>
sealed class LiveClusters
{
    private readonly Dictionary<(string? Namespace, string Name), BarmanStore?> _stores = [];
    private readonly List<ClusterManifest> _all = [];

    private LiveClusters()
    {
    }

    public IReadOnlyList<ClusterManifest> All => _all;

    /// <param name="ns">Null for all namespaces.</param>
    /// <exception cref="RestoreException">Exit 12: listing Clusters there is not permitted.</exception>
    public static async Task<LiveClusters> ListAsync(KubernetesApi api, string? ns, CancellationToken ct)
    {
        var found = new LiveClusters();
        await found.ReadStoresAsync(api, ns, ct);
        await foreach (var item in api.ListAsync(ResourceTypes.Clusters, ns, ListSelector.All, ct))
        {
            var home = item.Text("metadata", "namespace");
            found._all.Add(ClusterManifest.Read(item, name => found.Find(home, name)));
        }

        return found;
    }

    /// <summary>The bucket of an ObjectStore; null where it does not exist, or may not be read.</summary>
    public BarmanStore? Find(string? ns, string name) => _stores.GetValueOrDefault((ns, name));

    private async Task ReadStoresAsync(KubernetesApi api, string? ns, CancellationToken ct)
    {
        try
        {
            if (await api.SupportsAsync(ResourceTypes.ObjectStores, ct))
            {
                await foreach (var item in api.ListAsync(ResourceTypes.ObjectStores, ns, ListSelector.All, ct))
                {
                    _stores[(item.Text("metadata", "namespace"), item.Text("metadata", "name")!)] = BarmanStore.Read(item.At("spec", "configuration"));
                }
            }
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
        {
            // A Cluster still says the name of its folder, and one without the plugin its bucket, too.
            if (ns is null)
            {
                await ReadStoresAsync(api, api.Namespace, ct);
            }
        }
    }
}
