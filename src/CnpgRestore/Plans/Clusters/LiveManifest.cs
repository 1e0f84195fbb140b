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

    /// <summary>Without the annotations that make it stand still: who stops a Cluster before it is replaced does not mean the next one.</summary>
    public static ManifestFile Of(JsonObject live)
    {
        var bare = Bare(live);
        foreach (var annotation in StopAnnotations.Of(live))
        {
            (bare.At("metadata", "annotations") as JsonObject)?.Remove(annotation);
        }

        using var document = JsonDocument.Parse(bare.ToJsonString());
        return new ManifestFile($"the live {live.Text("kind")}", YamlWriter.From(document.RootElement)) { IsLive = true };
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
