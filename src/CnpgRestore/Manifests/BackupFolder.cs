using System.Text.Json.Nodes;

namespace CnpgRestore.Manifests;

/// <summary>
/// A server's folder in a bucket as a manifest names it: written into the Cluster itself (<see cref="Store"/>), or through an ObjectStore
/// of the Barman Cloud plugin (<see cref="ObjectStoreName"/>).
/// </summary>
/// <param name="ServerName">The folder below the destination path, defaults applied.</param>
/// <param name="IsExplicit">Whether the manifest names the folder itself.</param>
/// <param name="Store">The bucket; null for the plugin where the ObjectStore is not among the files that were read.</param>
/// <param name="ObjectStoreName">Null for the in-tree form.</param>
public sealed record BackupFolder(string ServerName, bool IsExplicit, BarmanStore? Store, string? ObjectStoreName)
{
    /// <summary>The one plugin that keeps Barman folders ([plugin-barman-cloud] internal/cnpgi/metadata/constants.go).</summary>
    public const string PluginName = "barman-cloud.cloudnative-pg.io";

    public bool IsPlugin => ObjectStoreName is not null;

    /// <summary>Whether both folders lie in one bucket, as far as the manifests tell; a plugin's ObjectStore that is not known otherwise is known by its name.</summary>
    /// <param name="ns">Of the Cluster that names this one.</param>
    /// <param name="otherNs">Of the Cluster that names the other one; null: the same.</param>
    public bool IsInBucketOf(BackupFolder other, string? ns, string? otherNs = null) => Store is { } store && other.Store is { } another
        ? (store.DestinationPath?.TrimEnd('/'), StoreEndpoint.Of(store.EndpointUrl, ns)) == (another.DestinationPath?.TrimEnd('/'), StoreEndpoint.Of(another.EndpointUrl, otherNs ?? ns))
        : IsPlugin && other.IsPlugin && ObjectStoreName == other.ObjectStoreName;

    /// <summary>
    /// Where a cluster archives to: <c>spec.backup.barmanObjectStore</c>, or the entry of <c>spec.plugins</c>. A missing server name is the
    /// cluster's name in both forms.
    /// </summary>
    internal static BackupFolder? ReadDestination(JsonNode? spec, string cluster, Func<string, BarmanStore?> objectStore)
    {
        if (spec.At("backup", "barmanObjectStore") is JsonObject store)
        {
            return new BackupFolder(store.Text("serverName") ?? cluster, store.Text("serverName") is not null, BarmanStore.Read(store), null);
        }

        var plugin = spec.Items("plugins").FirstOrDefault(plugin => plugin.Text("name") == PluginName);
        return plugin is null ? null : ReadPlugin(plugin, cluster, objectStore);
    }

    /// <summary>
    /// What an entry of <c>spec.externalClusters</c> reads from; null where it is no bucket. A missing server name is the entry's name in the
    /// in-tree form ([cloudnative-pg] api/v1/cluster_funcs.go, GetServerName), but the new cluster's name with the plugin
    /// ([plugin-barman-cloud] internal/cnpgi/operator/config/config.go).
    /// </summary>
    internal static BackupFolder? ReadSource(JsonNode external, string cluster, Func<string, BarmanStore?> objectStore) =>
        external.At("barmanObjectStore") is JsonObject store
            ? new BackupFolder(store.Text("serverName") ?? external.Text("name") ?? "", store.Text("serverName") is not null, BarmanStore.Read(store), null)
            : external.Text("plugin", "name") == PluginName ? ReadPlugin(external.At("plugin")!, cluster, objectStore) : null;

    private static BackupFolder ReadPlugin(JsonNode plugin, string cluster, Func<string, BarmanStore?> objectStore)
    {
        var name = plugin.Text("parameters", "barmanObjectName") ?? "";
        var server = plugin.Text("parameters", "serverName");
        return new BackupFolder(server ?? cluster, server is not null, objectStore(name), name);
    }
}
