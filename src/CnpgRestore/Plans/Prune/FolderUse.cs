using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Plans.Prune;

/// <summary>
/// Who still needs a server folder: a Cluster or a manifest that archives to it or names it as a source, and a recovery that is not finished.
/// </summary>
/// <param name="store">As its address is written; the endpoint is not compared, since pods may know it by another name.</param>
sealed class FolderUse(string store, string server)
{
    /// <summary>What stands in the way of removing the folder.</summary>
    public List<Problem> Problems { get; } = [];

    /// <summary>What could not be looked at.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>By the Clusters of all namespaces, or of one where listing the others is not permitted.</summary>
    public async Task SearchAsync(KubernetesApi api, CancellationToken ct)
    {
        try
        {
            await SearchAsync(api, ns: null, ct);
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
        {
            Problems.Clear();
            Notes.Add($"only namespace {api.Namespace} was searched for Clusters that use the folder: listing the others is not permitted");
            await SearchAsync(api, api.Namespace, ct);
        }
    }

    /// <summary>By manifests, when Kubernetes is gone.</summary>
    public void Search(ManifestSet manifests)
    {
        foreach (var cluster in manifests.Clusters())
        {
            Judge(cluster, $"manifest of cluster {cluster.Name}", "edit the manifest and apply it");
        }
    }

    private async Task SearchAsync(KubernetesApi api, string? ns, CancellationToken ct)
    {
        var clusters = await LiveClusters.ListAsync(api, ns, ct);
        foreach (var cluster in clusters.All)
        {
            var reference = new ObjectReference(ResourceTypes.Clusters, cluster.Namespace, cluster.Name);
            Judge(cluster, reference.ToString(), $"kubectl edit cluster -n {reference.Namespace} {reference.Name}, and the manifest in Git");
        }

        await foreach (var item in api.ListAsync(ResourceTypes.ConfigMaps, ns, new ListSelector(Labels: ClusterDecision.RecordLabel), ct))
        {
            Judge(item, name => clusters.Find(item.Text("metadata", "namespace"), name));
        }
    }

    private void Judge(ClusterManifest cluster, string word, string edit)
    {
        if (IsIt(cluster.Destination))
        {
            Problems.Add(new Problem(
                ProblemCode.Refused, $"{word} archives to {server}/", "its backups are in this folder", $"cnpg-restore backups list --server {server}"));
        }

        foreach (var external in cluster.ExternalClusters.Where(external => IsIt(external.Folder)))
        {
            var use = external.Name == cluster.RecoverySource ? "recovers from" : "names";
            Problems.Add(new Problem(
                ProblemCode.Refused,
                $"{word} {use} {server}/, in spec.externalClusters",
                "created again from this manifest, it would look for a folder that is gone",
                $"take {external.Name} out of spec.bootstrap and spec.externalClusters, or let it name the folder that is archived to: {edit}"));
        }
    }

    private void Judge(JsonObject record, Func<string, BarmanStore?> objectStore)
    {
        try
        {
            // Of whichever command: the names of folders are the same fields in all of them.
            if (JsonNode.Parse(record.Text("data", ClusterDecision.RecordKey) ?? "{}") is JsonObject decision &&
                ((IEnumerable<string>)["source", "archive", "move_to"]).Any(field => decision.Text(field) == server) &&
                JsonNode.Parse(record.Text("data", ClusterDecision.RecordedManifestKey) ?? "{}") is JsonObject manifest &&
                IsHere(ClusterManifest.Read(manifest, objectStore).Destination?.Store))
            {
                Problems.Add(new Problem(
                    ProblemCode.Refused,
                    $"run {decision.Text("run")} of cluster {decision.Text("cluster")} is not finished, and works with {server}/",
                    $"it was begun on {decision.Text("host")}",
                    $"cnpg-restore runs resume {decision.Text("run")} -n {decision.Text("namespace")}"));
            }
        }
        catch (JsonException)
        {
            // Somebody else's ConfigMap under our label: it says nothing about a folder.
        }
    }

    private bool IsIt(BackupFolder? folder) => folder?.ServerName == server && IsHere(folder.Store);

    /// <summary>An ObjectStore that cannot be read may be this bucket: then the folder's name alone decides.</summary>
    private bool IsHere(BarmanStore? other) => other is null || other.Address == store;
}
