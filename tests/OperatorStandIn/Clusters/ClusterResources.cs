using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>The objects that the operator watches.</summary>
sealed class ClusterResources(KubernetesApi api)
{
    public ResourceCache Clusters { get; } = new(api, ResourceType.Clusters);

    public ResourceCache Backups { get; } = new(api, ResourceType.Backups);

    public ResourceCache ObjectStores { get; } = new(api, ResourceType.ObjectStores);

    public ResourceCache Claims { get; } = new(api, ResourceType.PersistentVolumeClaims, Volumes.ClusterLabel);

    public ResourceCache Jobs { get; } = new(api, ResourceType.Jobs, Volumes.ClusterLabel);

    public ResourceCache Pods { get; } = new(api, ResourceType.Pods, Volumes.ClusterLabel);

    public ResourceCache Secrets { get; } = new(api, ResourceType.Secrets, Volumes.ClusterLabel);

    public ResourceCache Services { get; } = new(api, ResourceType.Services, Volumes.ClusterLabel);

    public ResourceCache ConfigMaps { get; } = new(api, ResourceType.ConfigMaps, Volumes.ClusterLabel);

    private ResourceCache[] Owned => [Claims, Jobs, Pods, Secrets, Services, ConfigMaps];

    public Task RunAsync(Action changed, TimeProvider clock, CancellationToken ct) => Task.WhenAll(
        ((ResourceCache[])[Clusters, Backups, ObjectStores, .. Owned]).Select(cache => cache.RunAsync(changed, clock, ct)));

    /// <summary>An object of a former Cluster of the same name, which the garbage collector has not deleted yet.</summary>
    public JsonObject? Leftover(JsonObject cluster) => Owned.SelectMany(cache => cache.In(cluster.Namespace))
        .FirstOrDefault(item => item.Label(Volumes.ClusterLabel) == cluster.Name
            && item.Items("metadata", "ownerReferences").Any(owner => owner.Text("kind") == "Cluster" && owner.Text("uid") != cluster.Uid));

    public ClusterSpec Read(JsonObject cluster) => ClusterSpec.Read(
        cluster,
        name => ObjectStores.Find(cluster.Namespace, name),
        name => Backups.Find(cluster.Namespace, name));
}
