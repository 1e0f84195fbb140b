using System.Diagnostics;
using System.Text.Json.Nodes;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>A manifest's document while it is being edited. Every change goes through the text and is parsed again.</summary>
sealed class ClusterDraft(IReadOnlyList<ManifestFile> files, ManifestFile file, int document, string method)
{
    private readonly FluxSubstitution? _flux = FluxSubstitution.Find(files, file);

    public ManifestFile File { get; } = file;

    public int Document { get; } = document;

    /// <summary>What the user should know about the edit, in sentences.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>What <c>--cluster</c> says; null where it is not given, and the files hold no other Cluster.</summary>
    public string? Named { get; init; }

    /// <summary>For hints: this edit again, with more arguments.</summary>
    public string Command(string arguments) => $"cnpg-restore manifest {method} -f {File.Path} {(Named is null ? "" : $"--cluster {Named} ")}{arguments}";

    public YamlText Text
    {
        get => File.Text;
        set => File.Text = value;
    }

    public YamlNode Root => Text.Documents[Document].Root;

    /// <summary>As written, variables not replaced.</summary>
    public JsonObject Json => (JsonObject)YamlMeaning.ToJson(Root)!;

    /// <summary>The Cluster as Flux would apply it; of a HelmRelease the Cluster that the chart makes of its values.</summary>
    public ClusterManifest Manifest
    {
        get
        {
            var json = Expanded();
            return ClusterManifest.Read(ChartValues.Matches(json) ? ChartValues.ToCluster(json) : json, ObjectStore);
        }
    }

    /// <summary>What Flux makes of a text.</summary>
    public string Expand(string text) => FluxReference.Expand(text, name => _flux?.ValueOf(name));

    /// <summary>The whole document as Flux would apply it.</summary>
    public JsonObject Expanded()
    {
        var json = Json;
        return json.Text("metadata", "annotations", "kustomize.toolkit.fluxcd.io/substitute") == "disabled" ? json : (JsonObject)Expand(json)!;
    }

    public void AddEntry(ReadOnlySpan<string> path, YamlContent value)
    {
        // The deepest mapping that is there takes what is missing below it.
        for (var depth = path.Length - 1; depth > 0; depth--)
        {
            var content = Nest(path[(depth + 1)..], value);
            switch (Root.Find(path[..depth]))
            {
                case YamlMapping mapping:
                    Text = YamlEdit.AddEntry(Text, mapping, path[depth], content);
                    return;
                case YamlAlias alias:
                    Text = YamlEdit.AddToAlias(Text, EntryAt(path[..depth]), alias, path[depth], content);
                    return;
                case YamlScalar { Value: "", Style: YamlStyle.Plain }:
                    Text = YamlEdit.AddFirstEntry(Text, EntryAt(path[..depth]), path[depth], content);
                    return;
                default:
                    continue;
            }
        }

        throw new UnreachableException($"no mapping to hold {string.Join('.', path.ToArray())}");
    }

    /// <summary>
    /// Makes a scalar say a text, where it is said: in the anchor when every use of it may change along, in the Kustomization when it is a Flux
    /// variable, in place otherwise.
    /// </summary>
    /// <param name="together">Places that may take the new text along with this one.</param>
    public void SetText(string[] path, string value, params IReadOnlyList<string[]> together)
    {
        if (Root.Find(path.AsSpan()[..^1]) is not YamlMapping parent || parent.OwnEntry(path[^1]) is not { Value: { Resolved: YamlScalar scalar } node })
        {
            AddEntry(path, new YamlContent.Text(value));
            return;
        }

        if (Expand(scalar.Value) == value)
        {
            return;
        }

        var places = together.Append(path).Select(place => Root.Find(place)?.Start).ToHashSet();
        if (FluxReference.Whole(scalar.Value) is { } variable && IsOnlyUsedAt(variable, places))
        {
            SetVariable(variable, value, scalar);
        }
        else if (Root.Walk().Where(user => user == scalar || (user as YamlAlias)?.Target == scalar).All(user => places.Contains(user.Start)))
        {
            Text = YamlEdit.SetScalar(Text, scalar, value);
        }
        else
        {
            // Others still mean the old text: this place leaves the anchor, and the anchor stays with them.
            var before = Text;
            Text = AnchorEdit.Rescue(before, before.With(YamlSplice.Replace(node, YamlContent.ToScalar(value))), Document);
        }
    }

    private void SetVariable(FluxReference variable, string value, YamlScalar scalar)
    {
        if (_flux is null)
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"{File.Path} line {Text.LineNumber(scalar.Start)}: the value of ${{{variable.Name}}} is set elsewhere, and shall become '{value}'",
                "no Kustomization with spec.postBuild that builds this folder is among the files",
                Command("-f ks.yaml"));
        }

        _flux.Set(variable.Name, value);
    }

    private bool IsOnlyUsedAt(FluxReference variable, HashSet<int?> places)
    {
        bool Uses(YamlNode node) => node.Resolved is YamlScalar scalar && FluxReference.In(scalar.Value).Any(found => found.Name == variable.Name);
        return Text.Documents.All(document => document.Root.Walk().Where(Uses).All(user => places.Contains(user.Start)));
    }

    /// <summary>The entry at a path, as it is written there.</summary>
    public YamlEntry EntryAt(ReadOnlySpan<string> path) => ParentOf(path).OwnEntry(path[^1])!;

    /// <summary>The mapping that the last key of a path stands in.</summary>
    public YamlMapping ParentOf(ReadOnlySpan<string> path) => (YamlMapping)Root.Find(path[..^1])!.Resolved!;

    private JsonNode? Expand(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, Expand(entry.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Expand)]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Expand(text)),
        _ => node?.DeepClone(),
    };

    private BarmanStore? ObjectStore(string name) => files.SelectMany(source => source.Objects()).Select(item => item.Json)
        .Where(json => json.Text("kind") == "ObjectStore" && json.Text("metadata", "name") is { } found && Expand(found) == name)
        .Select(json => BarmanStore.Read(Expand(json.At("spec", "configuration")))).FirstOrDefault();

    private static YamlContent Nest(ReadOnlySpan<string> keys, YamlContent value)
    {
        for (var index = keys.Length - 1; index >= 0; index--)
        {
            value = new YamlContent.Map((keys[index], value));
        }

        return value;
    }
}
