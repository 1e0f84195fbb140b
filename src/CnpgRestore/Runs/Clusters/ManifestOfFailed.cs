using System.Globalization;
using System.Text.Json.Nodes;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Runs.Clusters;

/// <summary>
/// What a Cluster is made of again whose bootstrap has failed. A person may have mended it meanwhile, in the files or by <c>kubectl edit</c> on the Cluster
/// itself: the hint after the failure names what to mend, and not where.
/// </summary>
static class ManifestOfFailed
{
    private const int MostPlaces = 5;

    /// <param name="made">Of which the failed one was made.</param>
    /// <param name="manifest">The same, or what the files say by now.</param>
    /// <param name="live">The failed one; that it is what was decided is known.</param>
    /// <exception cref="RestoreException">Exit 20: both were edited, and say different things.</exception>
    public static JsonObject Choose(ClusterDecision decision, JsonObject made, JsonObject manifest, JsonObject live)
    {
        // The API counts the changes of the spec; the defaults that the operator fills in as it is created are none.
        if (live.Number("metadata", "generation") is null or <= 1)
        {
            return manifest;
        }

        var edited = LiveManifest.ToStart(live);
        edited["metadata"]!["annotations"] ??= new JsonObject();
        edited["metadata"]!["annotations"]![LiveManifest.RunAnnotation] = decision.Run;
        Dictionary<string, string> before = Leaves(made), written = Leaves(manifest), there = Leaves(edited);
        var different = before.Keys.Union(written.Keys)
            .Where(place => before.GetValueOrDefault(place) != written.GetValueOrDefault(place) && written.GetValueOrDefault(place) != there.GetValueOrDefault(place)).ToList();
        return different.Count == 0 ? edited : throw new RestoreException(
            ProblemCode.Stopped,
            $"{decision.Reference} was edited, and so was its manifest: which of the two counts cannot be told",
            $"the files have changed, and the Cluster does not say the same: {string.Join(", ", different.Take(MostPlaces))}{(different.Count > MostPlaces ? ", ..." : "")}",
            $"make both say the same; or, for what the files say: kubectl delete cluster -n {decision.Namespace} {decision.Cluster}; then: {decision.ResumeCommand}");
    }

    private static Dictionary<string, string> Leaves(JsonNode manifest) => Leaves(manifest, "").ToDictionary(leaf => leaf.Place, leaf => leaf.Value, StringComparer.Ordinal);

    /// <summary>Empty maps and lists say as much as none: the API keeps or drops them as it likes.</summary>
    private static IEnumerable<(string Place, string Value)> Leaves(JsonNode? node, string place) => node switch
    {
        JsonObject map => map.SelectMany(entry => Leaves(entry.Value, place.Length == 0 ? entry.Key : $"{place}.{entry.Key}")),
        JsonArray items => items.SelectMany((item, index) => Leaves(item, string.Create(CultureInfo.InvariantCulture, $"{place}[{index}]"))),
        null => [],
        _ => [(place, node.ToJsonString())],
    };
}
