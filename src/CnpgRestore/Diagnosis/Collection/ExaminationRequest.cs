using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>What is looked at, and how it is reached. Each part may be missing.</summary>
/// <param name="Api">Null where no kubeconfig is usable.</param>
public sealed record ExaminationRequest(string Cluster, string Namespace, KubernetesApi? Api, TimeProvider Clock)
{
    /// <summary>The Cluster of the file, as it would be sent to the API.</summary>
    public JsonObject? File { get; init; }

    public ClusterManifest? Written { get; init; }

    /// <summary>The bucket that the command line names; the Cluster's own is then not asked.</summary>
    public NamedBucket? Bucket { get; init; }

    /// <summary>To the Cluster's own bucket.</summary>
    public StoreRoute Route { get; init; } = StoreRoute.AsPods;

    /// <summary>Opens the bucket of a manifest without Kubernetes: with the credentials of the environment.</summary>
    public required Func<BarmanStore, IObjectStore> OpenStore { get; init; }

    /// <summary>A server folder besides those that the manifest names.</summary>
    public string? Server { get; init; }

    /// <summary>A folder of dumps, or one dump.</summary>
    public string? Dumps { get; init; }

    /// <summary>What is known already not to work.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A bucket of the command line.</summary>
/// <param name="Endpoint">Null where the command line names none.</param>
public sealed record NamedBucket(string Address, string? Endpoint, Func<IObjectStore> Open);
