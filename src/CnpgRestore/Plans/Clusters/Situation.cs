using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Plans.Clusters;

/// <summary>What there is before anything is decided.</summary>
/// <param name="Live">The Cluster in the API; null where it is gone.</param>
/// <param name="Set">The manifests: the user's files, or the live object as a file.</param>
/// <param name="Manifest">What they say now.</param>
public sealed record Situation(JsonObject? Live, ManifestSet Set, ClusterManifest Manifest)
{
    /// <summary>What the new Cluster will not have, of the live one or of what Kustomize makes of the files; as sentences for the plan.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Null where no folder can be told; <see cref="ClusterManifest.Destination"/> otherwise.</summary>
    public BackupFolder? Archive => Manifest.Destination;

    /// <summary>The folder that the manifest would recover from, if it is another one.</summary>
    public BackupFolder? Source => Manifest.Source;

    /// <summary><see cref="Source"/>, where it lies in another bucket than the archive; null in the usual case.</summary>
    public BackupFolder? SourceElsewhere =>
        Source is { Store: not null } found && Archive is { Store: not null } archive && !IsSameBucket(found, archive) ? found : null;

    /// <summary>
    /// Where the live Cluster archives to, if the files say another folder: what they say is older than the Cluster, and so is the data there. Null in the usual case.
    /// </summary>
    public BackupFolder? LiveArchive =>
        Live is not null && ClusterManifest.Read(Live, _ => null).Destination is { } live && Archive is { } archive && (live.ServerName != archive.ServerName || !IsSameBucket(live, archive)) ? live : null;

    /// <inheritdoc cref="BackupFolder.IsInBucketOf"/>
    public bool IsSameBucket(BackupFolder one, BackupFolder other) => one.IsInBucketOf(other, Live.Text("metadata", "namespace") ?? Manifest.Namespace);

    /// <param name="files">None: the live object is the manifest.</param>
    /// <param name="hint">The command that says more where there is neither.</param>
    /// <exception cref="RestoreException">Exit 10: neither the Cluster nor a manifest of it exists.</exception>
    public static async Task<Situation> ReadAsync(KubernetesApi api, string ns, string cluster, IReadOnlyList<string> files, string hint, CancellationToken ct)
    {
        var live = await api.FindAsync(new ObjectReference(ResourceTypes.Clusters, ns, cluster), ct);
        if (live is null && files.Count == 0)
        {
            throw new RestoreException(ProblemCode.NotFound, $"cluster {cluster} does not exist in namespace {ns}", "it can be made from its manifest", hint);
        }

        List<ManifestFile> manifests = files.Count > 0 ? [.. ManifestFiles.Read(files).Files] : [LiveManifest.Of(live!)];
        manifests.AddRange(await ObjectStoresAsync(api, ns, manifests, ct));
        var set = new ManifestSet(manifests);
        return new Situation(live, set, set.Read(cluster))
        {
            LeftOut = files.Count > 0 ? [.. KustomizePatches.Of(set)] : [.. LiveManifest.LeftOut(live!)],
        };
    }

    /// <summary>What an edit has changed so far, as full paths.</summary>
    public IReadOnlyList<string> Edited => [.. Set.Files.Where(file => file.IsChanged && File.Exists(file.Path)).Select(file => Path.GetFullPath(file.Path))];

    /// <summary>Asked before anything is looked for by the names in the manifests: with a variable in one, nothing would be found, or something else.</summary>
    /// <exception cref="RestoreException">Exit 15: a Flux variable has no value, or the file is no manifest of a Cluster but the values of a chart.</exception>
    public void DemandManifest()
    {
        if ((ManifestPreflight.OfChart(Set, Manifest.Name) ?? Set.OpenVariables(Manifest.Name).ToProblem()) is { } problem)
        {
            throw new RestoreException(problem);
        }
    }

    /// <summary>The Cluster as the manifests say it by now, with the name of the run that creates it.</summary>
    public JsonObject ToBeCreated(string ns, string run)
    {
        var manifest = Set.ReadJson(Manifest.Name);
        var metadata = (JsonObject)manifest["metadata"]!;
        metadata["namespace"] = ns;
        var annotations = metadata["annotations"] as JsonObject ?? [];
        annotations[LiveManifest.RunAnnotation] = run;
        metadata["annotations"] = annotations;
        return manifest;
    }

    /// <summary>The plugin's ObjectStores as the API has them, where no file brings them along.</summary>
    private static async Task<IReadOnlyList<ManifestFile>> ObjectStoresAsync(KubernetesApi api, string ns, IReadOnlyList<ManifestFile> files, CancellationToken ct)
    {
        if (!files.Any(file => file.Text.Text.Contains("barmanObjectName", StringComparison.Ordinal)) || !await api.SupportsAsync(ResourceTypes.ObjectStores, ct))
        {
            return [];
        }

        var found = new List<ManifestFile>();
        await foreach (var store in api.ListAsync(ResourceTypes.ObjectStores, ns, ListSelector.All, ct))
        {
            found.Add(LiveManifest.Of(store));
        }

        return found;
    }
}
