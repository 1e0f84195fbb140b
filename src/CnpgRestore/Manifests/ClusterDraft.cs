using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>A manifest's document while it is being edited. Every change goes through the text and is parsed again.</summary>
sealed class ClusterDraft(IReadOnlyList<ManifestFile> files, ManifestFile file, int document, string method)
{
    /// <summary>A label or an annotation: <c>disabled</c>, and Flux leaves the object's variables alone.</summary>
    public const string SubstituteKey = "kustomize.toolkit.fluxcd.io/substitute";

    private readonly FluxSubstitution? _flux = FluxSubstitution.Find(files, file);

    public ManifestFile File { get; } = file;

    public int Document { get; } = document;

    /// <summary>What the user should know about the edit, in sentences.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>What <c>--cluster</c> says; null where it is not given, and the files hold no other Cluster.</summary>
    public string? Named { get; init; }

    /// <summary>The command that edits, where it is another one than <c>manifest</c>; up to its own arguments.</summary>
    public string? Caller { get; init; }

    /// <summary>For hints: this edit again, with more arguments.</summary>
    public string Command(string arguments) =>
        Caller is null ? $"cnpg-restore manifest {method} -f {File.Path} {(Named is null ? "" : $"--cluster {Named} ")}{arguments}" : $"{Caller} {arguments}";

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

    /// <summary>What Flux makes of a text; of a live object's it has made it already.</summary>
    public string Expand(string text) => File.IsLive ? text : FluxReference.Expand(text, name => _flux?.ValueOf(name));

    /// <summary>The whole document as Flux would apply it.</summary>
    public JsonObject Expanded() => Expanded(File, Root);

    public OpenVariables OpenVariables()
    {
        var manifest = Manifest;
        string?[] named = [manifest.Destination?.ObjectStoreName, manifest.Source?.ObjectStoreName];
        var stores = named.OfType<string>().Distinct().SelectMany(name => ObjectStores(name).Take(1));
        return new OpenVariables([.. LeftIn(File, Root), .. stores.SelectMany(store => LeftIn(store.File, store.Root))], _flux?.Name, _flux?.NotRead ?? []);
    }

    /// <summary>Where a value stands, for messages. A live object was never in a file with lines.</summary>
    public string PlaceOf(ReadOnlySpan<string> path) =>
        File.IsLive || Root.Find(path) is not { } node ? File.Path : Place(File, node);

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
        if (FluxReference.Whole(scalar.Value) is { } variable && IsOnlyUsedAt(variable, places) && _flux?.IsUsedBeside(variable.Name, File) != true)
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

    private JsonObject Expanded(ManifestFile file, YamlNode root) =>
        (JsonObject)(TakesVariables(file, root) ? YamlMeaning.ToJson(root, text => _flux is null ? Expand(text) : FluxReference.Unescape(Expand(text))) : YamlMeaning.ToJson(root))!;

    private static bool TakesVariables(ManifestFile file, YamlNode root)
    {
        var metadata = YamlMeaning.ToJson(root).At("metadata");
        return !file.IsLive && metadata.Text("annotations", SubstituteKey) != "disabled" && metadata.Text("labels", SubstituteKey) != "disabled";
    }

    private IEnumerable<OpenVariable> LeftIn(ManifestFile file, YamlNode root) =>
        from node in TakesVariables(file, root) ? root.Walk().OfType<YamlScalar>() : []
        from reference in FluxReference.LeftIn(Expand(node.Value))
        select new OpenVariable(reference, Place(file, node));

    private static string Place(ManifestFile file, YamlNode node) => string.Create(CultureInfo.InvariantCulture, $"{file.Path} line {file.Text.LineNumber(node.Start)}");

    private BarmanStore? ObjectStore(string name) => ObjectStores(name).Select(store => BarmanStore.Read(store.Json.At("spec", "configuration"))).FirstOrDefault();

    // First the one that says everything: what a file leaves open, the API's own may say.
    private IEnumerable<(ManifestFile File, YamlNode Root, JsonObject Json)> ObjectStores(string name) =>
        from source in files
        from document in source.Text.Documents
        where YamlMeaning.ToJson(document.Root).Text("kind") == "ObjectStore"
        let json = Expanded(source, document.Root)
        where json.Text("metadata", "name") == name
        orderby LeftIn(source, document.Root).Any()
        select (source, document.Root, json);

    private static YamlContent Nest(ReadOnlySpan<string> keys, YamlContent value)
    {
        for (var index = keys.Length - 1; index >= 0; index--)
        {
            value = new YamlContent.Map((keys[index], value));
        }

        return value;
    }
}
