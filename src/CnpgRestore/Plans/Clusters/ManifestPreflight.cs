using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Plans.Clusters;

/// <summary>What in the manifest itself keeps the Cluster that it makes from ever being restored. Only the files are looked at.</summary>
static class ManifestPreflight
{
    public static IEnumerable<Problem> Check(ManifestSet set, string cluster)
    {
        foreach (var annotation in StopAnnotations.Of(set.ReadJson(cluster)))
        {
            yield return new Problem(
                ProblemCode.Refused,
                $"the annotation {annotation} stops the Cluster that the manifest makes",
                $"{set.PlaceOf(cluster, "metadata", "annotations", annotation)}: with it the new Cluster never becomes ready",
                "take the annotation out of the manifest, then run the same command again");
        }

        if (set.Read(cluster).Replica is { } replica)
        {
            yield return replica.ToProblem(cluster, set.PlaceOf(cluster, "spec", "replica"));
        }

        if (set.OpenVariables(cluster).ToProblem() is { } open)
        {
            yield return open;
        }
    }
}
