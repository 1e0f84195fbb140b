using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>Reading and writing objects on a real API server.</summary>
public sealed class KubernetesApiTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_is_created_read_and_deleted()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);

        var created = await scene.CreateConfigMapAsync("a", Ct);
        var read = await scene.Api.GetAsync(scene.ConfigMap("a"), Ct);
        await scene.Api.DeleteAsync(scene.ConfigMap("a"), new DeleteOptions(null), Ct);

        Assert.Equal((string?)created["metadata"]!["uid"], (string?)read["metadata"]!["uid"]);
        Assert.Null(await scene.Api.FindAsync(scene.ConfigMap("a"), Ct));
        var missing = await Assert.ThrowsAsync<RestoreException>(() => scene.Api.GetAsync(scene.ConfigMap("a"), Ct));
        Assert.Equal(ProblemCode.NotFound, missing.Problem.Code);
        Assert.Equal($"configmap a does not exist in namespace {scene.Namespace}", missing.Problem.Message);
    }

    [Fact]
    public async Task A_merge_patch_changes_only_what_it_names()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await scene.CreateConfigMapAsync("a", Ct);

        await scene.Api.MergePatchAsync(scene.ConfigMap("a"), new JsonObject { ["data"] = new JsonObject { ["other"] = "2" } }, WriteOptions.Default, Ct);

        var read = await scene.Api.GetAsync(scene.ConfigMap("a"), Ct);
        Assert.Equal("""{"other":"2","value":"1"}""", read["data"]!.ToJsonString());
        Assert.Contains(read["metadata"]!["managedFields"]!.AsArray(), entry => (string?)entry!["manager"] == "cnpg-restore");
    }

    [Fact]
    public async Task A_merge_patch_of_an_older_version_is_a_conflict()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var old = (string)(await scene.CreateConfigMapAsync("a", Ct))["metadata"]!["resourceVersion"]!;
        await scene.Api.MergePatchAsync(scene.ConfigMap("a"), Data("2"), WriteOptions.Default, Ct);

        var patch = Data("3");
        patch["metadata"] = new JsonObject { ["resourceVersion"] = old };
        var refused = await Assert.ThrowsAsync<RestoreException>(() => scene.Api.MergePatchAsync(scene.ConfigMap("a"), patch, WriteOptions.Default, Ct));

        Assert.True(refused.IsConflict);
        Assert.Equal("2", (string?)(await scene.Api.GetAsync(scene.ConfigMap("a"), Ct))["data"]!["value"]);
    }

    [Fact]
    public async Task Replacing_an_object_that_changed_meanwhile_is_a_conflict_and_changes_nothing()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var old = await scene.CreateConfigMapAsync("a", Ct);
        var current = await scene.Api.MergePatchAsync(scene.ConfigMap("a"), Data("2"), WriteOptions.Default, Ct);

        old["data"] = new JsonObject { ["value"] = "3" };
        var refused = await Assert.ThrowsAsync<RestoreException>(() => scene.Api.ReplaceAsync(scene.ConfigMap("a"), old, WriteOptions.Default, Ct));
        current["data"] = new JsonObject { ["value"] = "4" };
        await scene.Api.ReplaceAsync(scene.ConfigMap("a"), current, WriteOptions.Default, Ct);

        Assert.True(refused.IsConflict);
        Assert.Equal(ProblemCode.Stopped, refused.Problem.Code);
        Assert.Equal("4", (string?)(await scene.Api.GetAsync(scene.ConfigMap("a"), Ct))["data"]!["value"]);
    }

    [Fact]
    public async Task A_second_object_of_the_same_name_is_told_apart_from_a_conflict()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await scene.CreateConfigMapAsync("a", Ct);

        var refused = await Assert.ThrowsAsync<RestoreException>(() => scene.CreateConfigMapAsync("a", Ct));

        Assert.True(refused.IsAlreadyExists);
        Assert.False(refused.IsConflict);
        Assert.Equal($"configmap a already exists in namespace {scene.Namespace}", refused.Problem.Message);
    }

    [Fact]
    public async Task A_deletion_spares_a_later_object_of_the_same_name()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var first = (string)(await scene.CreateConfigMapAsync("a", Ct))["metadata"]!["uid"]!;
        await scene.Api.DeleteAsync(scene.ConfigMap("a"), new DeleteOptions(first), Ct);
        await scene.CreateConfigMapAsync("a", Ct);

        var refused = await Assert.ThrowsAsync<RestoreException>(() => scene.Api.DeleteAsync(scene.ConfigMap("a"), new DeleteOptions(first), Ct));

        Assert.True(refused.IsConflict);
        Assert.NotNull(await scene.Api.FindAsync(scene.ConfigMap("a"), Ct));
    }

    [Fact]
    public async Task A_dry_run_checks_and_stores_nothing()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);

        await scene.Api.CreateAsync(ResourceTypes.ConfigMaps, scene.Namespace, ApiScene.NewConfigMap("a"), new WriteOptions(DryRun: true), Ct);
        await scene.CreateConfigMapAsync("b", Ct);
        await scene.Api.DeleteAsync(scene.ConfigMap("b"), new DeleteOptions(null, DryRun: true), Ct);

        Assert.Null(await scene.Api.FindAsync(scene.ConfigMap("a"), Ct));
        Assert.NotNull(await scene.Api.FindAsync(scene.ConfigMap("b"), Ct));
    }

    [Fact]
    public async Task Applying_takes_a_field_from_another_manager_only_when_forced()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var flux = new WriteOptions(FieldManager: "kustomize-controller");
        await scene.Api.ApplyAsync(ResourceTypes.ConfigMaps, scene.Namespace, ApiScene.NewConfigMap("a"), flux, Ct);

        var other = ApiScene.NewConfigMap("a", "2");
        var refused = await Assert.ThrowsAsync<RestoreException>(() => scene.Api.ApplyAsync(ResourceTypes.ConfigMaps, scene.Namespace, other, WriteOptions.Default, Ct));
        var forced = await scene.Api.ApplyAsync(ResourceTypes.ConfigMaps, scene.Namespace, other, WriteOptions.Default with { Force = true }, Ct);

        Assert.True(refused.IsConflict);
        Assert.Contains("kustomize-controller", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Equal("2", (string?)forced["data"]!["value"]);
    }

    [Fact]
    public async Task A_list_goes_on_over_its_pages_and_obeys_its_selector()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var names = Enumerable.Range(0, 1030).Select(number => $"c{number:0000}").ToList();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Ct }, async (name, ct) => await scene.CreateConfigMapAsync(name, ct));

        var all = await NamesAsync(scene.Api.ListAsync(ResourceTypes.ConfigMaps, scene.Namespace, new ListSelector(Labels: "app=shop"), Ct));
        var one = await NamesAsync(scene.Api.ListAsync(ResourceTypes.ConfigMaps, scene.Namespace, ListSelector.Named("c0007"), Ct));
        var none = await NamesAsync(scene.Api.ListAsync(ResourceTypes.ConfigMaps, scene.Namespace, new ListSelector(Labels: "app=other"), Ct));

        Assert.Equal(names, all.Order(StringComparer.Ordinal));
        Assert.Equal(["c0007"], one);
        Assert.Empty(none);
    }

    [Fact]
    public async Task A_list_without_a_namespace_is_of_all_of_them()
    {
        await using var one = await ApiScene.OpenAsync(bed, Ct);
        await using var two = await ApiScene.OpenAsync(bed, Ct);
        await one.CreateConfigMapAsync("everywhere", Ct);
        await two.CreateConfigMapAsync("everywhere", Ct);

        var found = new HashSet<string?>();
        await foreach (var item in one.Api.ListAsync(ResourceTypes.ConfigMaps, null, ListSelector.Named("everywhere"), Ct))
        {
            found.Add((string?)item["metadata"]!["namespace"]);
        }

        Assert.Superset(new HashSet<string?> { one.Namespace, two.Namespace }, found);
    }

    [Fact]
    public async Task Fields_of_a_Cluster_that_are_not_known_here_survive()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var cluster = ApiScene.NewCluster("orders");
        cluster["spec"]!["probes"] = new JsonObject { ["startup"] = new JsonObject { ["failureThreshold"] = 7 } };
        await scene.Api.CreateAsync(ResourceTypes.Clusters, scene.Namespace, cluster, WriteOptions.Default, Ct);
        var reference = new ObjectReference(ResourceTypes.Clusters, scene.Namespace, "orders");

        var read = await scene.Api.GetAsync(reference, Ct);
        read["spec"]!["instances"] = 2;
        await scene.Api.ReplaceAsync(reference, read, WriteOptions.Default, Ct);

        Assert.Equal(7, (int)(await scene.Api.GetAsync(reference, Ct))["spec"]!["probes"]!["startup"]!["failureThreshold"]!);
    }

    [Fact]
    public async Task An_invalid_Cluster_is_refused_with_the_field_and_the_reason()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var cluster = ApiScene.NewCluster("orders");
        cluster["spec"]!["instances"] = 0;

        var refused = await Assert.ThrowsAsync<RestoreException>(
            () => scene.Api.CreateAsync(ResourceTypes.Clusters, scene.Namespace, cluster, new WriteOptions(DryRun: true), Ct));

        Assert.Equal(ProblemCode.Refused, refused.Problem.Code);
        Assert.Equal("cluster orders is not valid", refused.Problem.Message);
        Assert.Contains("spec.instances", refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_namespace_is_named()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);

        var refused = await Assert.ThrowsAsync<RestoreException>(
            () => scene.Api.CreateAsync(ResourceTypes.ConfigMaps, "nowhere-at-all", ApiScene.NewConfigMap("a"), WriteOptions.Default, Ct));

        Assert.Equal(ProblemCode.NotFound, refused.Problem.Code);
        Assert.Equal("namespace nowhere-at-all does not exist", refused.Problem.Message);
    }

    [Fact]
    public async Task What_the_server_serves_is_asked_of_it()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);

        Assert.True(await scene.Api.SupportsAsync(ResourceTypes.Clusters, Ct));
        Assert.True(await scene.Api.SupportsAsync(ResourceTypes.Pods, Ct));
        Assert.False(await scene.Api.SupportsAsync(new ResourceType("example.org", "v1", "unicorns", "Unicorn"), Ct));
        Assert.StartsWith("v1.", await scene.Api.VersionAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_that_is_not_installed_is_named()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var unicorns = new ResourceType("example.org", "v1", "unicorns", "Unicorn");

        var refused = await Assert.ThrowsAsync<RestoreException>(() => NamesAsync(scene.Api.ListAsync(unicorns, scene.Namespace, ListSelector.All, Ct)));

        Assert.Equal(ProblemCode.NotFound, refused.Problem.Code);
        Assert.Equal("this Kubernetes cluster has no unicorns.example.org (example.org/v1)", refused.Problem.Message);
    }

    private static JsonObject Data(string value) => new() { ["data"] = new JsonObject { ["value"] = value } };

    private static async Task<List<string>> NamesAsync(IAsyncEnumerable<JsonObject> items) =>
        await items.Select(item => (string)item["metadata"]!["name"]!).ToListAsync(Ct);
}
