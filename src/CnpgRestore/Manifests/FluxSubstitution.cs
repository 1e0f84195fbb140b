using System.Text.Json.Nodes;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>
/// The variables that Flux puts into a manifest: <c>spec.postBuild</c> of the Kustomization that builds the manifest's folder.
/// </summary>
sealed class FluxSubstitution
{
    private static readonly string[] Place = ["spec", "postBuild", "substitute"];

    private readonly IReadOnlyList<ManifestFile> _files;
    private readonly ManifestFile _file;
    private readonly int _document;

    private FluxSubstitution(IReadOnlyList<ManifestFile> files, ManifestFile file, int document)
    {
        _files = files;
        _file = file;
        _document = document;
    }

    private YamlNode Root => _file.Text.Documents[_document].Root;

    private JsonObject Json => (JsonObject)YamlMeaning.ToJson(Root)!;

    /// <summary>
    /// Of several Kustomizations the one whose path is the manifest's folder, or the nearest folder above it; where no path fits, the only one
    /// with a <c>postBuild</c>. Null where no file says.
    /// </summary>
    public static FluxSubstitution? Find(IReadOnlyList<ManifestFile> files, ManifestFile manifest)
    {
        var all = files.SelectMany(file => file.Objects().Where(IsKustomization).Select(item => (File: file, item.Index, item.Json))).ToList();
        var builds = all.Where(item => Builds(item.Json, manifest.Path)).OrderByDescending(item => BuildFolder(item.Json).Length).ToList();
        if (builds is [var nearest, ..])
        {
            return new FluxSubstitution(files, nearest.File, nearest.Index);
        }

        return all.Where(item => item.Json.At("spec", "postBuild") is not null).ToList() is [var only]
            ? new FluxSubstitution(files, only.File, only.Index)
            : null;
    }

    /// <summary>Whether a Kustomization's path is the folder of this file, or a folder above it.</summary>
    public static bool Builds(JsonObject kustomization, string path) =>
        BuildFolder(kustomization) is { Length: > 1 } folder &&
        $"{Path.GetDirectoryName(Path.GetFullPath(path))}/".Contains(folder, StringComparison.Ordinal);

    /// <summary>For messages: <c>Kustomization shop in ks.yaml</c>.</summary>
    public string Name => $"Kustomization {Json.Text("metadata", "name")} in {_file.Path}";

    /// <summary>The objects of <c>substituteFrom</c> that are not among the files.</summary>
    public IReadOnlyList<string> NotRead =>
    [
        .. Json.Items("spec", "postBuild", "substituteFrom").Where(from => from.Text("kind") != "ConfigMap" || ConfigMap(from.Text("name")) is null)
            .Select(from => $"{from.Text("kind")} {from.Text("name")}"),
    ];

    /// <summary>The value, or null where neither <c>substitute</c> nor a ConfigMap among the files has one. What is written inline wins.</summary>
    public string? ValueOf(string variable)
    {
        var json = Json;
        var found = json.Text("spec", "postBuild", "substitute", variable)
            ?? json.Items("spec", "postBuild", "substituteFrom").Where(from => from.Text("kind") == "ConfigMap").Reverse()
                .Select(from => ConfigMap(from.Text("name"))?.Text("data", variable)).FirstOrDefault(value => value is not null);
        // As Flux takes them (fluxcd/pkg, kustomize_varsub.go).
        return found?.Replace("\n", "", StringComparison.Ordinal);
    }

    /// <summary>Writes the value into <c>substitute</c>, which also wins over a ConfigMap.</summary>
    public void Set(string variable, string value)
    {
        if (Root.Find([.. Place, variable]) is { } node)
        {
            _file.Text = node is YamlScalar { Anchor: null } scalar
                ? YamlEdit.SetScalar(_file.Text, scalar, value)
                : YamlEdit.Replace(_file.Text, node, YamlContent.ToScalar(value));
            return;
        }

        for (var depth = Place.Length; depth > 0; depth--)
        {
            if (Root.Find(Place.AsSpan()[..depth]) is YamlMapping mapping)
            {
                YamlContent content = new YamlContent.Text(value);
                string[] missing = [.. Place[depth..], variable];
                foreach (var key in missing.Skip(1).Reverse())
                {
                    content = new YamlContent.Map((key, content));
                }

                _file.Text = YamlEdit.AddEntry(_file.Text, mapping, missing[0], content);
                return;
            }
        }
    }

    /// <summary>Whether another manifest that the Kustomization builds has the variable: a ScheduledBackup that names the Cluster by it, for one.</summary>
    public bool IsUsedBeside(string variable, ManifestFile manifest)
    {
        var own = $"{Path.GetDirectoryName(Path.GetFullPath(manifest.Path))}/";
        var folder = BuildFolder(Json);
        var at = own.IndexOf(folder, StringComparison.Ordinal);
        var beside = folder.Length > 1 && at >= 0 ? ManifestFiles.TextsBelow(own[..(at + folder.Length)], except: manifest.Path) : [];
        var known = _files.Where(file => file != manifest && !file.IsLive).Select(file => file.Text.Text);
        return known.Concat(beside).Any(text => FluxReference.In(text).Any(found => found.Name == variable));
    }

    private JsonObject? ConfigMap(string? name) =>
        _files.SelectMany(file => file.Objects()).Select(item => item.Json)
            .FirstOrDefault(json => json.Text("kind") == "ConfigMap" && json.Text("metadata", "name") == name);

    private static bool IsKustomization((int Index, JsonObject Json) item) =>
        item.Json.Text("kind") == "Kustomization" &&
        item.Json.Text("apiVersion")?.StartsWith("kustomize.toolkit.fluxcd.io/", StringComparison.Ordinal) == true;

    // spec.path is relative to the repository's root, which need not be known: the manifest's folder ends in it.
    private static string BuildFolder(JsonObject kustomization) =>
        $"/{(kustomization.Text("spec", "path") ?? "").TrimStart('.').Trim('/')}/".Replace("//", "/", StringComparison.Ordinal);
}
