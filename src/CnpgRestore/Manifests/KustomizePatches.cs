using System.Text.Json.Nodes;

namespace CnpgRestore.Manifests;

/// <summary>
/// What Kustomize changes in a manifest on its way to the API, and nobody does who reads the file: patches of the kustomization.yaml beside it, and of the
/// Kustomization of Flux that builds its folder (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/).
/// </summary>
static class KustomizePatches
{
    private static readonly string[] FileNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    private static readonly string[] Fields = ["patches", "patchesStrategicMerge", "patchesJson6902", "replacements", "transformers", "components", "namePrefix", "nameSuffix"];

    /// <summary>One sentence for each file that patches a Cluster, or may do so.</summary>
    public static IEnumerable<string> Of(ManifestSet set)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var manifest in set.Files.Where(file => file is { IsLive: false, IsNeighbour: false }))
        {
            var folder = Path.GetDirectoryName(manifest.Path) is { Length: > 0 } own ? own : ".";
            foreach (var place in Beside(folder).Concat(ByFlux(set, manifest)).Where(told.Add))
            {
                yield return $"{place}: the new Cluster is made without that; to have it, give the manifest as it is rendered: kubectl kustomize {folder} > rendered.yaml, then -f rendered.yaml";
            }
        }
    }

    private static IEnumerable<string> Beside(string folder) =>
        from name in FileNames
        let path = Path.Combine(folder, name)
        where File.Exists(path)
        from json in ManifestFiles.TryRead(path)?.Objects().Select(item => item.Json) ?? []
        from field in Fields
        where Changes(json, field)
        select $"{path} has {field}";

    private static IEnumerable<string> ByFlux(ManifestSet set, ManifestFile manifest) =>
        from file in set.Files
        from item in file.Objects()
        where item.Json.Text("apiVersion")?.StartsWith("kustomize.toolkit.fluxcd.io/", StringComparison.Ordinal) == true && FluxSubstitution.Builds(item.Json, manifest.Path)
        from field in Fields
        where Changes(item.Json["spec"], field)
        select $"Kustomization {item.Json.Text("metadata", "name")} in {file.Path} has {field}";

    /// <summary>A patch for another kind leaves a Cluster alone; what a file of patches is for is not looked into.</summary>
    private static bool Changes(JsonNode? kustomization, string field) => kustomization.At(field) switch
    {
        JsonArray { Count: > 0 } entries => entries.Any(entry => entry.Text("target", "kind") is null or "Cluster"),
        JsonValue value => value.ToString().Length > 0,
        _ => false,
    };
}
