using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Yaml;

namespace CnpgRestore.Plans.Clusters;

/// <summary>A live object as a manifest that can be edited and created again: without what only the API writes.</summary>
public static class LiveManifest
{
    private static readonly string[] KeptMetadata = ["name", "namespace", "labels", "annotations"];

    // What kubectl and this program write for themselves.
    private static readonly string[] DroppedAnnotations = ["kubectl.kubernetes.io/last-applied-configuration", RunAnnotation];

    /// <summary>On a Cluster that a run created: which run.</summary>
    public const string RunAnnotation = "cnpg-restore.io/run";

    /// <inheritdoc cref="ToStart"/>
    public static ManifestFile Of(JsonObject live)
    {
        using var document = JsonDocument.Parse(ToStart(live).ToJsonString());
        return new ManifestFile($"the live {live.Text("kind")}", YamlWriter.From(document.RootElement)) { IsLive = true };
    }

    /// <summary>
    /// Without what makes it stand still: who stops a Cluster before it is replaced does not mean the next one, and a promotion that is over would be
    /// waited for.
    /// </summary>
    public static JsonObject ToStart(JsonObject live)
    {
        var bare = Bare(live);
        foreach (var annotation in StopAnnotations.Of(live))
        {
            (bare.At("metadata", "annotations") as JsonObject)?.Remove(annotation);
        }

        (bare.At("spec", "replica") as JsonObject)?.Remove(ReplicaRole.PromotionTokenKey);
        return bare;
    }

    /// <summary>What <see cref="ToStart"/> takes out, as sentences.</summary>
    public static IEnumerable<string> LeftOut(JsonObject live)
    {
        foreach (var annotation in StopAnnotations.Of(live))
        {
            yield return $"the annotation {annotation} is left out: the new Cluster could not start with it";
        }

        if (live.Text("spec", "replica", ReplicaRole.PromotionTokenKey) is { Length: > 0 })
        {
            yield return $"spec.replica.{ReplicaRole.PromotionTokenKey} is left out: the new Cluster would wait for a promotion that is over";
        }
    }

    public static JsonObject Bare(JsonObject live)
    {
        var metadata = new JsonObject();
        foreach (var key in KeptMetadata)
        {
            if (live["metadata"]?[key] is { } value)
            {
                metadata[key] = value.DeepClone();
            }
        }

        foreach (var annotation in DroppedAnnotations)
        {
            (metadata["annotations"] as JsonObject)?.Remove(annotation);
        }

        return new JsonObject
        {
            ["apiVersion"] = live["apiVersion"]?.DeepClone(),
            ["kind"] = live["kind"]?.DeepClone(),
            ["metadata"] = metadata,
            ["spec"] = live["spec"]?.DeepClone(),
        };
    }
}
