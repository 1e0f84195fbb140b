using System.Text.Json.Nodes;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>Reads an edited manifest again and refuses it where it does not say what was asked, or where anything else changed its meaning.</summary>
static class EditCheck
{
    private static readonly string[] Expected =
    [
        "spec.bootstrap", "spec.replica.source", "spec.backup.barmanObjectStore.serverName",
        "spec.values.mode", "spec.values.recovery", "spec.values.cluster.initdb", "spec.postBuild.substitute",
    ];

    /// <param name="before">The texts of the set's files before the edit, in their order.</param>
    public static void Require(ManifestSet set, IReadOnlyList<YamlText> before, ClusterDraft draft, string method)
    {
        foreach (var file in set.Files)
        {
            AnchorEdit.RequireResolved(file.Text);
        }

        RequireOneFolderEach(draft);
        var manifest = draft.Manifest;
        var expected = method == "recovery" ? BootstrapMethod.Recovery : BootstrapMethod.Initdb;
        if (manifest.Methods is not [var only] || only != expected)
        {
            throw new InvalidOperationException($"The edited manifest bootstraps by {string.Join(" and ", manifest.Methods)} instead of {expected}.");
        }

        foreach (var (file, text) in set.Files.Zip(before))
        {
            var strange = Differences(text, file.Text, manifest.RecoverySource).Where(place => !IsExpected(place)).ToList();
            if (strange.Count > 0)
            {
                throw new RestoreException(
                    ProblemCode.Refused,
                    $"{file.Path} is written so that the edit would also change {strange[0]}",
                    $"an anchor or a merge key ties {string.Join(", ", strange)} to what has to change; nothing was changed");
            }
        }
    }

    private static void RequireOneFolderEach(ClusterDraft draft)
    {
        var manifest = draft.Manifest;
        if (manifest is not { Method: BootstrapMethod.Recovery, Source: { } source, Destination: { } destination } || source.ServerName != destination.ServerName || !source.IsInBucketOf(destination, manifest.Namespace))
        {
            return;
        }

        throw new RestoreException(
            ProblemCode.Refused,
            $"'{source.ServerName}' would be both the folder to recover from and the folder to archive to",
            "the operator refuses such a recovery with \"Expected empty archive\"",
            ChartValues.Matches(draft.Json)
                ? $"cnpg-restore rename {source.ServerName} {source.ServerName}-backup -r"
                : draft.Command($"--source {source.ServerName} --archive-name {source.ServerName}-restored"));
    }

    private static IEnumerable<string> Differences(YamlText before, YamlText after, string? source) =>
        before.Documents.Count != after.Documents.Count
            ? ["the number of documents"]
            : before.Documents.Zip(after.Documents, (old, now) => Differences(YamlMeaning.ToJson(old.Root), YamlMeaning.ToJson(now.Root), source))
                .SelectMany(places => places);

    private static IEnumerable<string> Differences(JsonNode? before, JsonNode? after, string? source)
    {
        var old = TakeExternalClusters(before);
        var now = TakeExternalClusters(after);
        // The source's own entry is what changes; it may be new, and it may have had another name.
        var own = now.FindIndex(cluster => cluster.Text("name") == source);
        if (own >= 0)
        {
            var former = old.FindIndex(cluster => cluster.Text("name") == source);
            former = former < 0 && old.Count == now.Count ? own : former;
            now.RemoveAt(own);
            if (former >= 0)
            {
                old.RemoveAt(former);
            }
        }

        var others = YamlMeaning.Differences(new JsonArray([.. old]), new JsonArray([.. now]), "spec.externalClusters");
        return others.Concat(YamlMeaning.Differences(before, after));
    }

    private static List<JsonNode?> TakeExternalClusters(JsonNode? document)
    {
        var clusters = (document.At("spec", "externalClusters") as JsonArray)?.ToList() ?? [];
        (document.At("spec", "externalClusters") as JsonArray)?.Clear();
        (document.At("spec") as JsonObject)?.Remove("externalClusters");
        return clusters;
    }

    private static bool IsExpected(string place) =>
        (place.StartsWith("spec.plugins[", StringComparison.Ordinal) && place.EndsWith("parameters.serverName", StringComparison.Ordinal)) ||
        Expected.Any(prefix => place == prefix || place.StartsWith(prefix + ".", StringComparison.Ordinal));
}
