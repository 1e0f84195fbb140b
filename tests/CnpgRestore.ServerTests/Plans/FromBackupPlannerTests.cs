using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Plans.Clusters;
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
    public async Task What_was_detached_from_a_live_cluster_is_told_before_the_cluster_is_deleted()
    {
        await _scene.ApplyAsync(Manifest, Ct);
        await _scene.ApplyAsync(Claim("orders-1", "ownerReferences: [{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, name: orders, uid: 11111111-2222-3333-4444-555555555555}]"), Ct);
        Assert.Equal(Cluster, (await PlanAsync(null)).Decision.Cluster);
        await _scene.ApplyAsync(Claim("orders-2", """annotations: {cnpg.io/nodeSerial: "2", cnpg.io/pvcStatus: detached}"""), Ct);

        var told = await RefusedAsync(null);

        Assert.Contains("detached volumes of cluster orders would be adopted, and nothing would be recovered: PersistentVolumeClaims: orders-2", told, StringComparison.Ordinal);
        Assert.EndsWith($"kubectl delete pvc -n {_scene.Namespace} orders-2", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_push_that_has_nowhere_to_go_is_told_before_anything_is_changed()
    {
        using var git = await GitFolder.CreateAsync(Ct);
        await git.CommitAsync("cluster.yaml", Manifest, Ct);
        string[] files = [Path.Combine(git.Path, "cluster.yaml")];
        var remote = Path.Combine(_folder.Path, "remote.git");
        await git.GitAsync(Ct, "init", "--quiet", "--bare", remote);
        await git.GitAsync(Ct, "remote", "add", "origin", remote);
        var pushing = Request(files) with { Apply = ApplyMode.Git, Push = true };

        var fresh = await RequestRefusedAsync(pushing);
        Assert.Equal(Cluster, (await PlanRequestAsync(pushing with { Push = false })).Decision.Cluster);
        await git.GitAsync(Ct, "push", "--quiet", "-u", "origin", "main");
        Assert.True((await PlanRequestAsync(pushing)).Decision.Push);
        await git.GitAsync(Ct, "checkout", "--quiet", "--detach");
        var detached = await RequestRefusedAsync(pushing);

        Assert.Contains($"branch main of {git.Path} has no upstream", fresh, StringComparison.Ordinal);
        Assert.Contains("git push -u origin main, or leave --push out", fresh, StringComparison.Ordinal);
        Assert.Contains($"the repository {git.Path} is on no branch", detached, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_in_no_repository_is_told_before_anything_is_changed()
    {
        var file = Path.Combine(_folder.Path, "cluster.yaml");
        await File.WriteAllTextAsync(file, Manifest, Ct);

        Assert.Contains($"{file} is in no Git repository", await RequestRefusedAsync(Request([file]) with { Apply = ApplyMode.Git }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://minio.storage:9000", "http://minio.storage.svc:9000", true)]
    [InlineData("http://minio.storage:9000", "http://minio.storage.svc.cluster.local:9000/", true)]
    [InlineData("http://minio.storage:9000", "https://minio.example.org", false)]
    public async Task Another_writer_is_found_whatever_it_calls_the_server(string ours, string theirs, bool isSure)
    {
        await _scene.ApplyAsync((Manifests with { Endpoint = theirs }).Initdb("squatter", ServerName), Ct);
        var manifest = Manifest.Replace(_s3.Endpoint, ours, StringComparison.Ordinal);

        if (isSure)
        {
            Assert.Contains($"cluster squatter in namespace {_scene.Namespace} archives into {ServerName}/ too", await RefusedAsync(manifest), StringComparison.Ordinal);
            return;
        }

        // As well the store of another namespace: a person has to judge.
        var note = Assert.Single((await PlanAsync(manifest)).Notes, note => note.Contains("squatter", StringComparison.Ordinal));
        Assert.Contains($"archives into {ServerName}/ of s3://{_story.Folder.Bucket} too, at {theirs}, and not at {ours}", note, StringComparison.Ordinal);
        Assert.Contains($"kubectl edit cluster -n {_scene.Namespace} squatter", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_writer_is_found_through_whichever_ObjectStore_it_has()
    {
        await using var elsewhere = await _scene.Server.CreateNamespaceAsync(Ct);
        await elsewhere.ApplyAsync(Manifests.ObjectStore().Replace("{name: store}", "{name: other}", StringComparison.Ordinal), Ct);
        await elsewhere.ApplyAsync(ClusterManifests.PluginInitdb("squatter", ServerName).Replace("barmanObjectName: store", "barmanObjectName: other", StringComparison.Ordinal), Ct);
        await elsewhere.ApplyAsync(ClusterManifests.PluginInitdb("stranger", ServerName).Replace("barmanObjectName: store", "barmanObjectName: lost", StringComparison.Ordinal), Ct);

        var told = await RefusedAsync(Manifest);
        await elsewhere.KubectlAsync(Ct, "delete", "cluster", "squatter");
        var plan = await PlanAsync(Manifest);
        await elsewhere.KubectlAsync(Ct, "delete", "cluster", "stranger");

        Assert.Contains($"cluster squatter in namespace {elsewhere.Name} archives into {ServerName}/ too", told, StringComparison.Ordinal);
        Assert.Contains(plan.Notes, note => note.Contains($"cluster stranger in namespace {elsewhere.Name} archives into {ServerName}/ of a bucket that is not known, since ObjectStore lost", StringComparison.Ordinal));
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
    public async Task Another_writer_in_the_same_namespace_is_found_where_the_others_may_not_be_looked_at()
    {
        await _scene.ApplyAsync(Manifests.Initdb("squatter", ServerName), Ct);
        _proxy.On(request => IsListOf("clusters")(request) || IsListOf("objectstores")(request), Times.Always, ApiFaults.Status(403, "Forbidden"));

        Assert.Contains($"cluster squatter in namespace {_scene.Namespace} archives into {ServerName}/ too", await RefusedAsync(Manifest), StringComparison.Ordinal);
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
    public async Task A_file_that_is_older_than_the_live_Cluster_does_not_bring_old_data_back()
    {
        var bucket = await GenerationsAsync("orders", "orders-later");
        await _scene.ApplyAsync(Of("orders-later", bucket), Ct);

        var plan = await PlanAsync(Of("orders", bucket), bucket: bucket);

        Assert.Equal(("orders-later", _story.Backups[^1]), (plan.Decision.Source, plan.Decision.BackupId));
        Assert.Contains(plan.Notes, note => note == "orders-later/ is where the live Cluster archives to, and so it holds the latest data; the file says orders/");
        Assert.Equal("orders", (await PlanAsync(Of("orders", bucket), bucket: bucket, source: "orders")).Decision.Source);
    }

    [Theory]
    [InlineData("orders", "orders-later")]
    [InlineData("orders-v2", "orders-v3")]
    [InlineData("orders-20260301t100000z", "orders-20260401t100000z")]
    public async Task Where_the_Cluster_is_gone_too_a_newer_folder_of_its_name_is_asked_about(string named, string newer)
    {
        var bucket = await GenerationsAsync(named, newer);

        var told = await RefusedAsync(Of(named, bucket), bucket: bucket);

        Assert.Contains($"{newer}/ holds a newer backup of the same database than {named}/, which the manifest names", told, StringComparison.Ordinal);
        Assert.Contains($"--source {newer}; or: cnpg-restore from-backup orders -n {_scene.Namespace} -f ", told, StringComparison.Ordinal);
        Assert.Equal(newer, (await PlanAsync(Of(named, bucket), bucket: bucket, source: newer)).Decision.Source);
    }

    [Fact]
    public async Task A_file_with_another_bucket_than_the_live_Cluster_is_asked_about()
    {
        var bucket = await GenerationsAsync("orders", "orders-later");
        await _scene.ApplyAsync(Of("orders", _story.Folder.Bucket), Ct);

        var told = await RefusedAsync(Of("orders", bucket), bucket: bucket);

        Assert.Contains("the live cluster orders archives to another bucket than its manifest says", told, StringComparison.Ordinal);
        Assert.Contains("--source orders", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_databases_in_one_folder_have_no_end_to_recover_to()
    {
        var bucket = await _s3.CreateBucketAsync(Ct);
        await _s3.CopyAsync(_story.Folder, new S3Folder(bucket, "orders/"), Ct);
        var other = await bed.StoryAsync(BarmanCompression.None, Ct);
        await _s3.CopyAsync(new S3Folder(other.Folder.Bucket, $"{other.Folder.Prefix}base/"), new S3Folder(bucket, "orders/base/"), Ct);

        var told = await RefusedAsync(Of("orders", bucket), bucket: bucket);

        Assert.Contains("backups of 2 different database systems lie in one folder", told, StringComparison.Ordinal);
        Assert.Contains("--backup-id and --target-time", told, StringComparison.Ordinal);
    }

    /// <summary>A bucket with two generations of one database: the first folder lacks the newest backup.</summary>
    private async Task<string> GenerationsAsync(string former, string later)
    {
        var bucket = await _s3.CreateBucketAsync(Ct);
        await _s3.CopyAsync(_story.Folder, new S3Folder(bucket, $"{former}/"), Ct);
        await _s3.CopyAsync(_story.Folder, new S3Folder(bucket, $"{later}/"), Ct);
        foreach (var item in await _s3.ListAsync(new S3Folder(bucket, $"{former}/base/{_story.Backups[^1]}/"), Ct))
        {
            await _s3.Client.DeleteObjectAsync(bucket, item.Key, Ct);
        }

        return bucket;
    }

    private string Of(string serverName, string bucket) =>
        $"{new ClusterManifests(_s3.Endpoint, bucket).Initdb(Cluster, serverName)}\n  tablespaces: [{{name: fast, storage: {{size: 1Gi}}}}]\n";

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

    [Fact]
    public async Task The_PostgreSQL_that_the_operator_fills_in_is_compared_with_the_backup()
    {
        Assert.Contains((await PlanAsync(Manifest)).Notes, note => note.StartsWith("which PostgreSQL the new Cluster gets is not known (the manifest names no image)", StringComparison.Ordinal));
        // There is no webhook here: what one would answer.
        _proxy.On(
            request => request.Method == "POST" && request.Path.Value!.EndsWith("/clusters", StringComparison.Ordinal) && request.QueryString.Value!.Contains("dryRun", StringComparison.Ordinal),
            Times.Always,
            (_, context) => context.Response.WriteAsync("""{"kind":"Cluster","metadata":{"name":"trial"},"spec":{"imageName":"ghcr.io/cloudnative-pg/postgresql:99.1"}}""", Ct));

        var told = await RefusedAsync(Manifest);

        Assert.Contains("PostgreSQL 99 cannot start on a backup of PostgreSQL", told, StringComparison.Ordinal);
        Assert.Contains("the manifest names no image, and the operator takes ghcr.io/cloudnative-pg/postgresql:99.1", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_Application_of_an_ApplicationSet_is_in_the_way_where_it_has_to_be_suspended()
    {
        var application = new ObjectReference(ResourceTypes.Applications, _scene.Namespace, $"orders-{_scene.Namespace}");
        await _scene.ApplyAsync($$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata:
              name: {{application.Name}}
              ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, name: shops, uid: 11111111-2222-3333-4444-555555555555}]
            spec: {syncPolicy: {automated: {selfHeal: true} } }
            """, Ct);
        await _scene.ApplyAsync(Manifest, Ct);
        await _scene.KubectlAsync(Ct, "annotate", "cluster", Cluster, $"argocd.argoproj.io/tracking-id={application.Name}:postgresql.cnpg.io/Cluster:{_scene.Namespace}/{Cluster}");

        // There is no such type here, and so it cannot be read.
        var told = await RefusedAsync(null);
        _proxy.On(request => request.Path.Value!.EndsWith("/applicationsets/shops", StringComparison.Ordinal), Times.Always, (_, context) => context.Response.WriteAsync(
            """{"kind":"ApplicationSet","metadata":{"name":"shops"},"spec":{"ignoreApplicationDifferences":[{"jsonPointers":["/spec/syncPolicy"]}]}}""", Ct));
        var ignoring = await PlanAsync(null);
        await _scene.Api.MergePatchAsync(application, JsonNode.Parse("""{"spec":{"syncPolicy":{"automated":null}}}""")!.AsObject(), WriteOptions.Default, Ct);
        var manual = await PlanAsync(null);

        Assert.Contains("would be resumed by applicationset shops", told, StringComparison.Ordinal);
        Assert.Contains("spec.ignoreApplicationDifferences: [{jsonPointers: [/spec/syncPolicy]}]", told, StringComparison.Ordinal);
        Assert.All((FromBackupPlan[])[ignoring, manual], plan => Assert.Equal([application.Name], plan.Decision.Owners.Select(owner => owner.Name)));
    }

    [Fact]
    public async Task A_token_of_a_promotion_that_is_over_is_left_out_of_the_live_Cluster_and_told()
    {
        await _scene.ApplyAsync($"{Manifest}  replica: {{primary: orders, source: east, promotionToken: eyJk}}\n  externalClusters: [{{name: east, connectionParameters: {{host: east-rw}}}}]\n", Ct);

        var plan = await PlanAsync(null);

        Assert.False(plan.Manifest["spec"]!["replica"]!.AsObject().ContainsKey("promotionToken"));
        Assert.Contains("spec.replica.promotionToken is left out: the new Cluster would wait for a promotion that is over", plan.Notes);
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

    private FromBackupRequest Request(IReadOnlyList<string> files) => new() { Cluster = Cluster, Namespace = _scene.Namespace, Files = files };

    /// <param name="manifest">Null for the live Cluster.</param>
    private async Task<FromBackupRequest> RequestAsync(string? manifest, string? archiveName, string? source)
    {
        List<string> files = [];
        if (manifest is not null)
        {
            files.Add(Path.Combine(_folder.Path, "cluster.yaml"));
            await File.WriteAllTextAsync(files[0], manifest, Ct);
        }

        return Request(files) with { ArchiveName = archiveName, Source = source };
    }

    private async Task<FromBackupPlan> PlanAsync(string? manifest, string? archiveName = null, string? bucket = null, string? source = null) =>
        await PlanRequestAsync(await RequestAsync(manifest, archiveName, source), bucket);

    private async Task<FromBackupPlan> PlanRequestAsync(FromBackupRequest request, string? bucket = null)
    {
        var planner = new FromBackupPlanner(_api, request, TimeProvider.System);
        using var store = new S3ObjectStore(StoreSettings.Of(_s3.Endpoint, $"s3://{bucket ?? _story.Folder.Bucket}"), TimeProvider.System);
        return await planner.PlanAsync(await planner.LookAsync(Ct), store, "20261122t140000z-from-backup-aaaa", unfinished: null, Ct);
    }

    private async Task<string> RefusedAsync(string? manifest, string? archiveName = null, string? bucket = null) =>
        await RequestRefusedAsync(await RequestAsync(manifest, archiveName, source: null), bucket);

    private async Task<string> RequestRefusedAsync(FromBackupRequest request, string? bucket = null)
    {
        var problem = (await Assert.ThrowsAsync<RestoreException>(() => PlanRequestAsync(request, bucket))).Problem;
        Assert.True(problem.Code is ProblemCode.Refused or ProblemCode.Usage, $"{problem}");
        return $"{problem.Message}: {problem.Detail}\n{problem.Hint}";
    }
}
