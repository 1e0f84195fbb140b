using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Runs.Clusters;

/// <summary>
/// The generated Secret of the application's role goes with its Cluster, and a new one gets another password, which copies in other namespaces do not
/// know. Without an owner it stays, and the operator takes what it finds ([cloudnative-pg] internal/controller/cluster_create.go,
/// createOrPatchClusterCredentialSecret).
/// </summary>
sealed class KeptSecret(KubernetesApi api, ClusterDecision decision, string owner)
{
    private ObjectReference Reference => new(ResourceTypes.Secrets, decision.Namespace, CnpgNames.ApplicationSecret(decision.Cluster));

    /// <summary>The application's role as the manifest of the new Cluster names it, or as the operator does where it does not.</summary>
    public static string OwnerIn(JsonObject manifest)
    {
        var bootstrap = manifest["spec"].At("bootstrap");
        var method = bootstrap.At("recovery") ?? bootstrap.At("initdb");
        return method.Text("owner") ?? method.Text("database") ?? "app";
    }

    /// <summary>Right before the Cluster is deleted.</summary>
    public async Task ReleaseAsync(CancellationToken ct)
    {
        if (decision.FormerUid is not { } uid || await api.FindAsync(Reference, ct) is not { } secret || !IsOwnedBy(secret, uid)
            || secret.Text("data", "username") is not { } user || SecretData.Decode(user) != owner)
        {
            return;
        }

        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["ownerReferences"] = null, ["annotations"] = new JsonObject { [LiveManifest.RunAnnotation] = decision.Run } },
        };
        await api.MergePatchAsync(Reference, patch, WriteOptions.Default, ct);
    }

    /// <summary>It goes with the Cluster that is there now, as the operator has it.</summary>
    public async Task GiveAsync(CancellationToken ct)
    {
        // Also one that a run has kept whose place this one has taken.
        if (await FindAsync(ct) is not { } secret || secret.Text("metadata", "annotations", LiveManifest.RunAnnotation) is null || secret.Items("metadata", "ownerReferences").Any()
            || await api.FindAsync(decision.Reference, ct) is not { } cluster)
        {
            return;
        }

        var reference = new JsonObject
        {
            ["apiVersion"] = ResourceTypes.Clusters.ApiVersion,
            ["kind"] = ResourceTypes.Clusters.Kind,
            ["name"] = decision.Cluster,
            ["uid"] = cluster.Text("metadata", "uid"),
            ["controller"] = true,
        };
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["ownerReferences"] = new JsonArray(reference), ["annotations"] = new JsonObject { [LiveManifest.RunAnnotation] = null } },
        };
        await api.MergePatchAsync(Reference, patch, WriteOptions.Default, ct);
    }

    private static bool IsOwnedBy(JsonObject secret, string uid) => secret.Items("metadata", "ownerReferences").Any(owner => owner.Text("uid") == uid);

    /// <summary>Null also where Secrets may not be read: then none was kept.</summary>
    private async Task<JsonObject?> FindAsync(CancellationToken ct)
    {
        try
        {
            return await api.FindAsync(Reference, ct);
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
        {
            return null;
        }
    }
}
