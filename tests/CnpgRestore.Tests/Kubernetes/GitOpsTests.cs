using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Plans;

namespace CnpgRestore.Tests.Kubernetes;

/// <summary>What objects say about who applies them, and the patches that stop and start that.</summary>
public sealed class GitOpsTests
{
    private const string Run = "20261122t140000z-from-backup-4f2a";

    [Theory]
    [InlineData(null, true)]
    [InlineData("db/users", true)]
    [InlineData("db/orders", false)]
    public void What_a_run_has_left_suspended_for_a_Cluster_is_resumed_by_a_run_of_that_alone(string? replaced, bool stays)
    {
        var owner = Json("""{"metadata":{"name":"databases","resourceVersion":"1","annotations":{"cnpg-restore/suspended-by":"a","cnpg-restore/suspended-from":"null"}},"spec":{"suspend":true}}""");
        owner["metadata"]!["annotations"]![RunAnnotations.StaysSuspendedFor] = (string?)GitOpsSuspension.Hold(owner, "db/orders")!["metadata"]!["annotations"]![RunAnnotations.StaysSuspendedFor];

        var patch = GitOpsSuspension.Resume(ResourceTypes.Kustomizations, owner, replaced);

        Assert.Equal(stays, patch is null);
        Assert.True(patch is null || patch["metadata"]!["annotations"]!.AsObject().ContainsKey(RunAnnotations.StaysSuspendedFor));
    }

    [Fact]
    public void What_nobody_of_ours_has_suspended_is_not_held() => Assert.Null(GitOpsSuspension.Hold(Json("""{"metadata":{"name":"databases"},"spec":{"suspend":true}}"""), "db/orders"));

    [Fact]
    public void Flux_labels_what_it_applies()
    {
        var cluster = Cluster(
            """
            {"labels":{"kustomize.toolkit.fluxcd.io/name":"databases","kustomize.toolkit.fluxcd.io/namespace":"flux-system",
                       "helm.toolkit.fluxcd.io/name":"orders","helm.toolkit.fluxcd.io/namespace":"shop"}}
            """);

        Assert.Equal([("Kustomization", "flux-system", "databases"), ("HelmRelease", "shop", "orders")], Tracks(cluster));
    }

    [Fact]
    public void Argo_CD_annotates_what_it_applies()
    {
        Assert.Equal([("Application", null, "shop")], Tracks(Cluster("""{"annotations":{"argocd.argoproj.io/tracking-id":"shop:postgresql.cnpg.io/Cluster:shop/orders"}}""")));
        Assert.Equal([("Application", "team-a", "shop")], Tracks(Cluster("""{"annotations":{"argocd.argoproj.io/tracking-id":"team-a_shop:postgresql.cnpg.io/Cluster:shop/orders"}}""")));
    }

    [Fact]
    public void An_annotation_that_was_copied_from_another_object_says_nothing() =>
        Assert.Empty(Tracks(Cluster("""{"annotations":{"argocd.argoproj.io/tracking-id":"shop:postgresql.cnpg.io/Cluster:shop/other"}}""")));

    [Fact]
    public void The_instance_label_is_a_hint_and_no_proof()
    {
        var track = Assert.Single(GitOpsTrack.Of(Cluster("""{"labels":{"app.kubernetes.io/instance":"shop"}}""")));

        Assert.False(track.IsProof);
    }

    [Fact]
    public void An_object_of_nobody_has_no_track() => Assert.Empty(Tracks(Cluster("""{"labels":{"app":"shop"}}""")));

    [Theory]
    [InlineData("Kustomization", """{"status":{"inventory":{"entries":[{"id":"shop_orders_postgresql.cnpg.io_Cluster","v":"v1"}]}}}""", true)]
    [InlineData("Kustomization", """{"status":{"inventory":{"entries":[{"id":"shop_orders2_postgresql.cnpg.io_Cluster","v":"v1"}]}}}""", false)]
    [InlineData("Application", """{"status":{"resources":[{"group":"postgresql.cnpg.io","version":"v1","kind":"Cluster","namespace":"shop","name":"orders"}]}}""", true)]
    [InlineData("Application", """{"status":{"resources":[{"version":"v1","kind":"ConfigMap","namespace":"shop","name":"orders"}]}}""", false)]
    [InlineData("HelmRelease", """{"metadata":{"name":"db","namespace":"shop"},"spec":{"releaseName":"orders-db"}}""", true)]
    [InlineData("HelmRelease", """{"metadata":{"name":"orders-db","namespace":"shop"}}""", true)]
    [InlineData("HelmRelease", """{"metadata":{"name":"db","namespace":"flux-system"},"spec":{"targetNamespace":"orders"}}""", false)]
    public void Owners_list_what_they_applied(string kind, string owner, bool lists)
    {
        var type = kind switch { "Kustomization" => ResourceTypes.Kustomizations, "Application" => ResourceTypes.Applications, _ => ResourceTypes.HelmReleases };
        var cluster = Cluster("""{"annotations":{"meta.helm.sh/release-name":"orders-db","meta.helm.sh/release-namespace":"shop"}}""");

        Assert.Equal(lists, GitOpsTrack.Lists(Json(owner), type, cluster));
    }

    [Theory]
    // Flux: absent and false are both restored as they were.
    [InlineData("Kustomization", """{"metadata":{"name":"a"},"spec":{"interval":"10m"}}""")]
    [InlineData("Kustomization", """{"metadata":{"name":"a","annotations":{"x":"y"}},"spec":{"suspend":false}}""")]
    [InlineData("HelmRelease", """{"metadata":{"name":"a"},"spec":{}}""")]
    [InlineData("Application", """{"metadata":{"name":"a"},"spec":{"syncPolicy":{"automated":{"prune":true,"selfHeal":true},"syncOptions":["CreateNamespace=true"]}}}""")]
    [InlineData("Application", """{"metadata":{"name":"a"},"spec":{"syncPolicy":{"automated":{}}}}""")]
    public void What_is_suspended_and_resumed_is_as_before(string kind, string owner)
    {
        var type = TypeOf(kind);
        var before = Json(owner);

        var suspended = Merge(before, GitOpsSuspension.Suspend(type, before, Run)!);
        var after = Merge(suspended, GitOpsSuspension.Resume(type, suspended)!);

        Assert.False(GitOpsSuspension.IsSuspended(type, before));
        Assert.True(GitOpsSuspension.IsSuspended(type, suspended));
        Assert.Equal(Run, GitOpsSuspension.SuspendedBy(suspended));
        Assert.Null(GitOpsSuspension.SuspendedBy(after));
        Assert.True(JsonNode.DeepEquals(Bare(before), Bare(after)), after.ToJsonString());
    }

    [Theory]
    [InlineData("Kustomization", """{"spec":{"suspend":true}}""")]
    [InlineData("Application", """{"spec":{"syncPolicy":{"syncOptions":[]}}}""")]
    [InlineData("Application", """{"spec":{"syncPolicy":{"automated":{"enabled":false}}}}""")]
    [InlineData("Application", """{"metadata":{"annotations":{"argocd.argoproj.io/skip-reconcile":"true"}},"spec":{"syncPolicy":{"automated":{}}}}""")]
    public void What_a_person_suspended_is_not_ours_to_resume(string kind, string owner)
    {
        Assert.Null(GitOpsSuspension.Suspend(TypeOf(kind), Json(owner), Run));
        Assert.Null(GitOpsSuspension.Resume(TypeOf(kind), Json(owner)));
    }

    [Fact]
    public void A_patch_holds_the_version_that_was_read()
    {
        var patch = GitOpsSuspension.Suspend(ResourceTypes.Kustomizations, Json("""{"metadata":{"resourceVersion":"42"},"spec":{}}"""), Run)!;

        Assert.Equal("42", (string?)patch["metadata"]!["resourceVersion"]);
    }

    [Theory]
    // A parent Kustomization whose manifest names the field; the flux program; our own suspension; a field of another name.
    [InlineData("kustomize-controller", "Apply", """{"f:spec":{"f:suspend":{}}}""", true)]
    [InlineData("flux", "Update", """{"f:spec":{"f:suspend":{}}}""", false)]
    [InlineData("cnpg-restore", "Update", """{"f:spec":{"f:suspend":{}}}""", false)]
    [InlineData("kustomize-controller", "Apply", """{"f:spec":{"f:interval":{}}}""", false)]
    public void A_field_that_another_controller_writes_is_contested(string manager, string operation, string fields, bool contested)
    {
        var entry = new JsonObject { ["manager"] = manager, ["operation"] = operation, ["fieldsV1"] = JsonNode.Parse(fields) };
        var owner = new JsonObject { ["metadata"] = new JsonObject { ["managedFields"] = new JsonArray(entry) } };

        Assert.Equal(contested ? [manager] : [], GitOpsSuspension.ContestedBy(ResourceTypes.Kustomizations, owner));
    }

    [Theory]
    [InlineData("""{"automated":{"selfHeal":true}}""", "shops")]
    // Nothing to suspend: not by itself, and not by us.
    [InlineData("""{"syncOptions":[]}""", null)]
    [InlineData("""{"automated":{"enabled":false}}""", null)]
    public void An_ApplicationSet_may_resume_what_is_suspended_of_its_Applications(string policy, string? set)
    {
        var application = Json("""{"metadata":{"name":"orders","namespace":"argocd","ownerReferences":[{"kind":"ApplicationSet","name":"shops"}]},"spec":{}}""");
        application["spec"]!["syncPolicy"] = JsonNode.Parse(policy);

        Assert.Equal(set is null ? null : new ObjectReference(ResourceTypes.ApplicationSets, "argocd", set), GitOpsSuspension.SetOf(ResourceTypes.Applications, application));
        Assert.Empty(GitOpsSuspension.ContestedBy(ResourceTypes.Applications, application));
        Assert.Null(GitOpsSuspension.SetOf(ResourceTypes.Applications, Json("""{"metadata":{"name":"orders"},"spec":{"syncPolicy":{"automated":{}}}}""")));
    }

    [Theory]
    [InlineData("""{"syncPolicy":{"applicationsSync":"create-only"}}""", true)]
    [InlineData("""{"syncPolicy":{"applicationsSync":"create-delete"}}""", true)]
    [InlineData("""{"syncPolicy":{"applicationsSync":"create-update"}}""", false)]
    [InlineData("""{"ignoreApplicationDifferences":[{"jsonPointers":["/spec/source/targetRevision"]},{"jsonPointers":["/spec/syncPolicy"]}]}""", true)]
    [InlineData("""{"ignoreApplicationDifferences":[{"jqPathExpressions":[".spec.syncPolicy.automated"]}]}""", true)]
    [InlineData("""{"ignoreApplicationDifferences":[{"name":"orders","jsonPointers":["/spec/syncPolicy"]}]}""", true)]
    [InlineData("""{"ignoreApplicationDifferences":[{"name":"users","jsonPointers":["/spec/syncPolicy"]}]}""", false)]
    [InlineData("""{"ignoreApplicationDifferences":[{"jsonPointers":["/spec/syncPolicy/syncOptions"]}]}""", false)]
    [InlineData("{}", false)]
    [InlineData(null, false)]
    public void An_ApplicationSet_that_leaves_the_sync_policy_alone_is_no_contest(string? spec, bool leaves)
    {
        var application = new ObjectReference(ResourceTypes.Applications, "argocd", "orders");
        var set = new ObjectReference(ResourceTypes.ApplicationSets, "argocd", "shops");

        var problem = GitOpsPreflight.OfSet(application, set, spec is null ? null : new JsonObject { ["spec"] = JsonNode.Parse(spec) });

        Assert.Equal(leaves, problem is null);
        Assert.True(leaves || problem!.Hint!.Contains("spec.ignoreApplicationDifferences: [{jsonPointers: [/spec/syncPolicy]}], or spec.syncPolicy.applicationsSync: create-only", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Application", """{"operation":{"sync":{}}}""", true)]
    [InlineData("Application", """{"status":{"operationState":{"phase":"Running"}}}""", true)]
    [InlineData("Application", """{"status":{"operationState":{"phase":"Succeeded"}}}""", false)]
    [InlineData("Application", "{}", false)]
    [InlineData("Kustomization", """{"status":{"operationState":{"phase":"Running"}}}""", false)]
    public void A_sync_that_has_begun_goes_on(string kind, string owner, bool isSyncing) => Assert.Equal(isSyncing, GitOpsSuspension.IsSyncing(TypeOf(kind), Json(owner)));

    private static ResourceType TypeOf(string kind) =>
        kind switch { "Kustomization" => ResourceTypes.Kustomizations, "Application" => ResourceTypes.Applications, _ => ResourceTypes.HelmReleases };

    private static IEnumerable<(string, string?, string)> Tracks(JsonObject item) => GitOpsTrack.Of(item).Select(track => (track.Type.Kind, track.Namespace, track.Name));

    private static JsonObject Cluster(string metadata)
    {
        var cluster = new JsonObject { ["apiVersion"] = "postgresql.cnpg.io/v1", ["kind"] = "Cluster", ["metadata"] = JsonNode.Parse(metadata) };
        cluster["metadata"]!["namespace"] = "shop";
        cluster["metadata"]!["name"] = "orders";
        return cluster;
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    // What an empty map of annotations and no map at all mean is the same.
    private static JsonObject Bare(JsonObject item)
    {
        var copy = item.DeepClone().AsObject();
        if (copy["metadata"]?["annotations"] is JsonObject { Count: 0 })
        {
            copy["metadata"]!.AsObject().Remove("annotations");
        }

        return copy;
    }

    /// <summary>JSON merge patch, RFC 7396.</summary>
    private static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        var result = target.DeepClone().AsObject();
        foreach (var (key, value) in patch)
        {
            if (value is null)
            {
                result.Remove(key);
            }
            else
            {
                result[key] = value is JsonObject inner ? Merge(result[key] as JsonObject ?? [], inner) : value.DeepClone();
            }
        }

        return result;
    }
}
