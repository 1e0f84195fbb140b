using System.Text.Json.Nodes;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>One file of manifests, as it was and as it is after the edits so far.</summary>
public sealed class ManifestFile(string path, string content)
{
    /// <summary>As the user wrote it; also what messages say.</summary>
    public string Path { get; } = path;

    public YamlText Original { get; } = YamlText.Parse(content, path);

    public YamlText Text
    {
        get => field ?? Original;
        internal set;
    }

    /// <summary>It is what the API has, written as a file: there is none, and what looks like a variable in it is meant as it stands.</summary>
    public bool IsLive { get; init; }

    /// <summary>The user did not name it: it was found beside the manifest, and says more about the Cluster, but none of its own.</summary>
    public bool IsNeighbour { get; init; }

    public bool IsChanged => Text.Text != Original.Text;

    /// <summary>The documents that are objects, in the order of the file.</summary>
    internal IEnumerable<(int Index, JsonObject Json)> Objects() =>
        Text.Documents.Select((document, index) => (index, YamlMeaning.ToJson(document.Root) as JsonObject))
            .Where(pair => pair.Item2 is not null).Select(pair => (pair.index, pair.Item2!));
}
