using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>Objects as Flux and Argo CD leave them on a real API server, with the field managers that it writes itself.</summary>
public sealed class GitOpsOwnersTests(TestBed bed)
{
    private static readonly WriteOptions Kustomize = new(FieldManager: "kustomize-controller");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_chain_of_owners_goes_up_to_the_one_that_owns_itself()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await ApplyAsync(scene, ResourceTypes.Kustomizations, Owned("flux-system", scene, "flux-system"), Kustomize);
        await ApplyAsync(scene, ResourceTypes.Kustomizations, Owned("databases", scene, "flux-system"), Kustomize);
        var cluster = await ApplyAsync(scene, ResourceTypes.Clusters, Owned("orders", scene, "databases", ApiScene.NewCluster("orders")["spec"]!), Kustomize);

        var owners = await new GitOpsOwners(scene.Api).FindAsync(cluster, Ct);

        Assert.Equal(["databases", "flux-system"], owners.Select(owner => owner.Reference.Name));
        Assert.All(owners, owner => Assert.NotNull(owner.Object));
        Assert.Equal("label kustomize.toolkit.fluxcd.io/name", owners[0].Evidence);
    }

    [Fact]
    public async Task An_owner_that_is_named_and_not_here_is_told_as_such()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var cluster = await ApplyAsync(scene, ResourceTypes.Clusters, Owned("orders", scene, "elsewhere", ApiScene.NewCluster("orders")["spec"]!), Kustomize);

        var owner = Assert.Single(await new GitOpsOwners(scene.Api).FindAsync(cluster, Ct));

        Assert.Equal("elsewhere", owner.Reference.Name);
        Assert.Null(owner.Object);
    }

    [Fact]
    public async Task Without_labels_the_field_manager_and_the_owners_own_list_tell()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var databases = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "databases" }, ["spec"] = new JsonObject() };
        await scene.Api.CreateAsync(ResourceTypes.Kustomizations, scene.Namespace, databases, WriteOptions.Default, Ct);
        await scene.WriteStatusAsync(
            new ObjectReference(ResourceTypes.Kustomizations, scene.Namespace, "databases"),
            JsonNode.Parse($$$"""{"inventory":{"entries":[{"id":"{{{scene.Namespace}}}_orders_postgresql.cnpg.io_Cluster","v":"v1"}]}}""")!,
            Ct);
        var applied = await ApplyAsync(scene, ResourceTypes.Clusters, ApiScene.NewCluster("orders"), Kustomize);
        var byHand = await scene.Api.CreateAsync(ResourceTypes.Clusters, scene.Namespace, ApiScene.NewCluster("billing"), WriteOptions.Default, Ct);

        Assert.Equal(["databases"], (await new GitOpsOwners(scene.Api).FindAsync(applied, Ct)).Select(owner => owner.Reference.Name));
        Assert.Empty(await new GitOpsOwners(scene.Api).FindAsync(byHand, Ct));
    }

    [Fact]
    public async Task An_Application_is_found_in_whatever_namespace_it_lives()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await using var argo = await ApiScene.OpenAsync(bed, Ct);
        var name = $"shop-{scene.Namespace}";
        var application = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = JsonNode.Parse("""{"syncPolicy":{"automated":{"selfHeal":true}}}""") };
        await argo.Api.CreateAsync(ResourceTypes.Applications, argo.Namespace, application, WriteOptions.Default, Ct);
        var cluster = ApiScene.NewCluster("orders");
        cluster["metadata"]!["annotations"] = new JsonObject { ["argocd.argoproj.io/tracking-id"] = $"{name}:postgresql.cnpg.io/Cluster:{scene.Namespace}/orders" };
        var created = await scene.Api.CreateAsync(ResourceTypes.Clusters, scene.Namespace, cluster, WriteOptions.Default, Ct);

        var owner = Assert.Single(await new GitOpsOwners(scene.Api).FindAsync(created, Ct));

        Assert.Equal(new ObjectReference(ResourceTypes.Applications, argo.Namespace, name), owner.Reference);
    }

    [Fact]
    public async Task Suspending_and_resuming_leaves_the_owner_as_it_was()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var type = ResourceTypes.Kustomizations;
        var before = await ApplyAsync(scene, type, Owned("databases", scene, "flux-system"), Kustomize);
        var reference = ObjectReference.Of(type, before);

        var suspended = await scene.Api.MergePatchAsync(reference, GitOpsSuspension.Suspend(type, before, "run-1")!, WriteOptions.Default, Ct);
        var after = await scene.Api.MergePatchAsync(reference, GitOpsSuspension.Resume(type, suspended)!, WriteOptions.Default, Ct);

        Assert.True(GitOpsSuspension.IsSuspended(type, suspended));
        Assert.Empty(GitOpsSuspension.ContestedBy(type, suspended));
        Assert.Equal(before["spec"]!.ToJsonString(), after["spec"]!.ToJsonString());
        Assert.Null(GitOpsSuspension.SuspendedBy(after));
    }

    [Fact]
    public async Task A_parent_whose_manifest_names_the_field_contests_it()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var asserted = Owned("databases", scene, "flux-system");
        asserted["spec"]!["suspend"] = false;
        var kustomization = await ApplyAsync(scene, ResourceTypes.Kustomizations, asserted, Kustomize);

        Assert.Equal(["kustomize-controller"], GitOpsSuspension.ContestedBy(ResourceTypes.Kustomizations, kustomization));
    }

    [Fact]
    public async Task A_change_between_reading_and_suspending_is_a_conflict()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var type = ResourceTypes.Kustomizations;
        var read = await ApplyAsync(scene, type, Owned("databases", scene, "flux-system"), Kustomize);
        var reference = ObjectReference.Of(type, read);
        await scene.Api.MergePatchAsync(reference, JsonNode.Parse("""{"spec":{"interval":"5m"}}""")!.AsObject(), WriteOptions.Default, Ct);

        var refused = await Assert.ThrowsAsync<RestoreException>(
            () => scene.Api.MergePatchAsync(reference, GitOpsSuspension.Suspend(type, read, "run-1")!, WriteOptions.Default, Ct));

        Assert.True(refused.IsConflict);
    }

    private static JsonObject Owned(string name, ApiScene scene, string owner, JsonNode? spec = null) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["labels"] = new JsonObject { ["kustomize.toolkit.fluxcd.io/name"] = owner, ["kustomize.toolkit.fluxcd.io/namespace"] = scene.Namespace },
        },
        ["spec"] = spec?.DeepClone() ?? new JsonObject { ["interval"] = "10m" },
    };

    private static Task<JsonObject> ApplyAsync(ApiScene scene, ResourceType type, JsonObject item, WriteOptions options) =>
        scene.Api.ApplyAsync(type, scene.Namespace, item, options, Ct);
}
