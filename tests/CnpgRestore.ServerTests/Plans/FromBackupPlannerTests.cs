using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.ServerTests.Kubernetes;
using CnpgRestore.ServerTests.ObjectStore;
using CnpgRestore.TestServers;
using Microsoft.AspNetCore.Http;

namespace CnpgRestore.ServerTests.Plans;

/// <summary>What in Kubernetes stands in the way of a recovery: told before anything is changed, with what to do. The bucket is a real one with a backup.</summary>
public sealed class FromBackupPlannerTests(TestBed bed) : IAsyncLifetime
{
    private const string Cluster = "orders";

    private readonly TemporaryFolder _folder = new("planner");
    private ApiScene _scene = null!;
    private ApiFaultProxy _proxy = null!;
    private KubernetesApi _api = null!;
    private BarmanStory _story = null!;
    private S3Server _s3 = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string ServerName => _story.Folder.Prefix.TrimEnd('/');

    private ClusterManifests Manifests => new(_s3.Endpoint, _story.Folder.Bucket);

    /// <summary>Of the Cluster whose backup it is: with its tablespace.</summary>
    private string Manifest => $"{Manifests.Initdb(Cluster, ServerName)}\n  tablespaces: [{{name: fast, storage: {{size: 1Gi}}}}]\n";

    public async ValueTask InitializeAsync()
    {
        _s3 = await bed.S3Async(Ct);
        _story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        _scene = await ApiScene.OpenAsync(bed, Ct);
        _proxy = await ApiFaultProxy.StartAsync(_scene.Server, Ct);
        _api = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = _proxy.Kubeconfig, Namespace = _scene.Namespace, Clock = new HurriedClock(20) });
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _proxy.DisposeAsync();
        // Nothing here empties a namespace, and the next plan would meet a Cluster that archives into its folder.
        await _scene.KubectlAsync(CancellationToken.None, "delete", "clusters.postgresql.cnpg.io", "--all");
        await _scene.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Nothing_in_the_way_is_a_plan()
    {
        var plan = await PlanAsync(Manifest);

        Assert.Equal(Cluster, plan.Decision.Cluster);
        Assert.NotEqual(ServerName, plan.Decision.Archive);
    }

    [Fact]
    public async Task What_an_earlier_cluster_has_left_is_told_before_it_is_adopted()
    {
        await _scene.ApplyAsync(Claim("orders-1"), Ct);
        await _scene.ApplyAsync(Claim("orders-2", "finalizers: [test.cnpg-restore/held]"), Ct);
        await _scene.KubectlAsync(Ct, "delete", "pvc", "orders-2", "--wait=false");

        var told = await RefusedAsync(Manifest);

        Assert.Contains("volumes of an earlier cluster orders would be adopted, and nothing would be recovered: PersistentVolumeClaims: orders-1", told, StringComparison.Ordinal);
        Assert.Contains($"kubectl delete pvc -n {_scene.Namespace} orders-1", told, StringComparison.Ordinal);
        Assert.Contains("volumes of an earlier cluster orders are still being deleted: PersistentVolumeClaims: orders-2", told, StringComparison.Ordinal);
        await _scene.KubectlAsync(Ct, "patch", "pvc", "orders-2", "--type", "merge", "--patch", """{"metadata":{"finalizers":null}}""");
    }

    [Fact]
    public async Task A_manifest_that_the_API_refuses_and_another_writer_are_told_together()
    {
        await _scene.ApplyAsync(Manifests.Initdb("squatter", "orders-taken"), Ct);

        var told = await RefusedAsync(Manifest.Replace("instances: 1", "instances: 0", StringComparison.Ordinal), "orders-taken");

        Assert.Contains("the API refuses the new manifest", told, StringComparison.Ordinal);
        Assert.Contains("spec.instances", told, StringComparison.Ordinal);
        Assert.Contains($"cluster squatter in namespace {_scene.Namespace} archives into orders-taken/ too", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.30.2", false)]
    [InlineData("1.31.0", true)]
    [InlineData("2.0", true)]
    public async Task An_operator_that_knows_no_in_tree_store_is_refused(string version, bool isRefused)
    {
        // There is no operator here: what its Deployment would say.
        _proxy.On(IsListOf("deployments"), Times.Always, (_, context) => context.Response.WriteAsync(
            """{"kind":"DeploymentList","apiVersion":"apps/v1","metadata":{},"items":[{"metadata":{"name":"cnpg"},"spec":{"template":{"spec":{"containers":[{"image":"ghcr.io/cloudnative-pg/cloudnative-pg:VERSION"}]}}}}]}""".Replace("VERSION", version, StringComparison.Ordinal), Ct));

        if (isRefused)
        {
            Assert.Contains($"CloudNativePG {version} knows no in-tree barmanObjectStore", await RefusedAsync(Manifest), StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(Cluster, (await PlanAsync(Manifest)).Decision.Cluster);
        }
    }

    [Fact]
    public async Task What_may_not_be_looked_at_is_noted_and_stops_nothing()
    {
        _proxy.On(request => IsListOf("deployments")(request) || IsListOf("clusters")(request), Times.Always, ApiFaults.Status(403, "Forbidden"));

        var plan = await PlanAsync(Manifest);

        Assert.Contains(plan.Notes, note => note.StartsWith("the operator's version is not known", StringComparison.Ordinal));
        Assert.Contains(plan.Notes, note => note.StartsWith("other namespaces were not searched", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_ObjectStore_that_is_not_there_is_told()
    {
        var told = await RefusedAsync(ClusterManifests.PluginInitdb(Cluster, ServerName));

        Assert.Contains($"ObjectStore store does not exist in namespace {_scene.Namespace}", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_is_not_installed_is_told()
    {
        _proxy.On(request => request.Path.Value!.Contains("barmancloud.cnpg.io", StringComparison.Ordinal), Times.Always, ApiFaults.Status(404, "NotFound"));

        Assert.Contains("the Barman Cloud plugin is not installed", await RefusedAsync(ClusterManifests.PluginInitdb(Cluster, ServerName)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_owner_in_another_Kubernetes_is_told()
    {
        await _scene.ApplyAsync(Manifest, Ct);
        await _scene.KubectlAsync(Ct, "label", "cluster", Cluster, "kustomize.toolkit.fluxcd.io/name=databases", "kustomize.toolkit.fluxcd.io/namespace=flux-system");

        var told = await RefusedAsync(null);

        Assert.Contains("databases", told, StringComparison.Ordinal);
        Assert.Contains("cannot be suspended from here", told, StringComparison.Ordinal);
        Assert.Contains("label kustomize.toolkit.fluxcd.io/name names it, and this Kubernetes does not have it", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Cluster_that_somebody_has_stopped_is_made_new_without_what_stops_it()
    {
        await _scene.ApplyAsync(Manifest, Ct);
        await _scene.KubectlAsync(
            Ct, "annotate", "cluster", Cluster, """cnpg.io/fencedInstances=["*"]""", "cnpg.io/hibernation=on", "cnpg.io/reconciliationLoop=disabled", "team=shop");

        var plan = await PlanAsync(null);

        var annotations = plan.Manifest["metadata"]!["annotations"]!.AsObject();
        Assert.Equal(["cnpg-restore.io/run", "team"], annotations.Select(entry => entry.Key).Order(StringComparer.Ordinal));
        Assert.Equal(3, plan.Notes.Count(note => note.EndsWith("is left out: the new Cluster could not start with it", StringComparison.Ordinal)));
        Assert.Contains("the annotation cnpg.io/hibernation is left out: the new Cluster could not start with it", plan.Notes);
    }

    [Fact]
    public async Task A_file_that_stops_its_Cluster_is_refused_with_the_line()
    {
        var told = await RefusedAsync(Manifest.Replace("annotations: {  }", "annotations: {cnpg.io/hibernation: \"on\"}", StringComparison.Ordinal));

        Assert.Contains("the annotation cnpg.io/hibernation stops the Cluster that the manifest makes", told, StringComparison.Ordinal);
        Assert.Contains("cluster.yaml line 5: with it the new Cluster never becomes ready", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_of_another_cluster_is_refused_from_its_file_and_from_the_API()
    {
        var replica = $"{Manifest}  replica: {{enabled: true, source: east}}\n  externalClusters: [{{name: east, connectionParameters: {{host: east-rw}}}}]\n";
        var written = await RefusedAsync(replica);
        await _scene.ApplyAsync(replica, Ct);
        var live = await RefusedAsync(null);

        Assert.All((string[])[written, live], told => Assert.Contains("cluster orders is a replica of east: nothing can be restored into it", told, StringComparison.Ordinal));
        Assert.Contains("the live Cluster: spec.replica.enabled is true", live, StringComparison.Ordinal);
        Assert.Contains("restore east instead; or promote orders first: set spec.replica.enabled to false", live, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_that_nothing_gives_a_value_is_refused_though_the_API_would_take_it()
    {
        var told = await RefusedAsync(Manifest.Replace("storage: {size: 1Gi}\n  bootstrap", "storage: {size: 1Gi, storageClass: \"${CLASS}\"}\n  bootstrap", StringComparison.Ordinal));

        Assert.Contains("Flux variables have no value: ${CLASS} (", told, StringComparison.Ordinal);
        Assert.Contains("cluster.yaml line 8)", told, StringComparison.Ordinal);
        Assert.Contains("flux build kustomization", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_that_is_a_variable_is_sent_as_a_number()
    {
        var plan = await PlanAsync(Manifest.Replace("instances: 1", "instances: ${INSTANCES:=1}", StringComparison.Ordinal));

        Assert.Equal(1, plan.Manifest["spec"]!["instances"]!.GetValue<long>());
    }

    /// <summary>A list over all namespaces.</summary>
    private static Func<HttpRequest, bool> IsListOf(string plural) => request =>
        request.Method == "GET" && request.Path.Value!.EndsWith($"/{plural}", StringComparison.Ordinal) && !request.Path.Value.Contains("/namespaces/", StringComparison.Ordinal);

    private static string Claim(string name, string metadata = "") => $"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: {name}
          labels:
            cnpg.io/cluster: {Cluster}
          {metadata}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests:
              storage: 1Gi
        """;

    /// <param name="manifest">Null for the live Cluster.</param>
    private async Task<FromBackupPlan> PlanAsync(string? manifest, string? archiveName = null)
    {
        List<string> files = [];
        if (manifest is not null)
        {
            files.Add(Path.Combine(_folder.Path, "cluster.yaml"));
            await File.WriteAllTextAsync(files[0], manifest, Ct);
        }

        var request = new FromBackupRequest { Cluster = Cluster, Namespace = _scene.Namespace, Files = files, ArchiveName = archiveName };
        var planner = new FromBackupPlanner(_api, request, TimeProvider.System);
        using var store = new S3ObjectStore(StoreSettings.Of(_s3.Endpoint, $"s3://{_story.Folder.Bucket}"), TimeProvider.System);
        return await planner.PlanAsync(await planner.LookAsync(Ct), store, "20261122t140000z-from-backup-aaaa", unfinished: null, Ct);
    }

    private async Task<string> RefusedAsync(string? manifest, string? archiveName = null)
    {
        var problem = (await Assert.ThrowsAsync<RestoreException>(() => PlanAsync(manifest, archiveName))).Problem;
        Assert.True(problem.Code is ProblemCode.Refused or ProblemCode.Usage, $"{problem}");
        return $"{problem.Message}: {problem.Detail}\n{problem.Hint}";
    }
}
