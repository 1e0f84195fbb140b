using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Plans.Clusters;

/// <summary>What in the manifest itself keeps the Cluster that it makes from ever being restored. Only the files are looked at.</summary>
static class ManifestPreflight
{
    /// <summary>A HelmRelease is rendered by its controller: there is no Cluster in the file that could be created from here. Null for any other.</summary>
    public static Problem? OfChart(ManifestSet set, string cluster) => !ChartValues.Matches(set.ReadJson(cluster)) ? null : new Problem(
        ProblemCode.Refused,
        $"{set.PlaceOf(cluster)} is a HelmRelease: the Cluster is made of its values by the chart, and not from here",
        "what can be created is a Cluster's manifest, or the Cluster as the API has it",
        $"leave -f out where cluster {cluster} lives; else give the Cluster that the chart renders: helm template, then -f rendered.yaml. The values themselves are edited by cnpg-restore manifest");

    public static IEnumerable<Problem> Check(ManifestSet set, string cluster)
    {
        if (OfChart(set, cluster) is { } chart)
        {
            yield return chart;
        }

        foreach (var annotation in StopAnnotations.Of(set.ReadJson(cluster)))
        {
            yield return new Problem(
                ProblemCode.Refused,
                $"the annotation {annotation} stops the Cluster that the manifest makes",
                $"{set.PlaceOf(cluster, "metadata", "annotations", annotation)}: with it the new Cluster never becomes ready",
                "take the annotation out of the manifest, then run the same command again");
        }

        if (set.ReadJson(cluster).Text("spec", "replica", ReplicaRole.PromotionTokenKey) is { Length: > 0 })
        {
            yield return new Problem(
                ProblemCode.Refused,
                $"spec.replica.{ReplicaRole.PromotionTokenKey} stops the Cluster that the manifest makes",
                $"{set.PlaceOf(cluster, "spec", "replica", ReplicaRole.PromotionTokenKey)}: a new Cluster waits for that promotion, and never gets an instance",
                "take the token out of the manifest, then run the same command again");
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
