using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.ServerTests.Kubernetes;
using CnpgRestore.ServerTests.ObjectStore;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Plans.Advice;

/// <summary>What a real API server says of a Cluster, and the bucket that the Cluster names by its Secret.</summary>
public sealed class KubernetesAdviceTests(TestBed bed)
{
    private const string Cluster = "postgres-v17";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broken_cluster_names_bucket_folder_and_Secret_itself()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await CreateAsync(scene);
        await SetStatusAsync(scene, ClusterPhase.Unrecoverable, ready: 0);

        var answer = await AskAsync(scene);

        var seen = answer.View.Kubernetes;
        Assert.Equal((true, true, ClusterPhase.Unrecoverable, false), (seen.Answers, seen.HasCnpg, seen.Cluster?.Phase, seen.IsHealthy));
        Assert.Equal((1L << 30, false), (seen.VolumeSize?.Bytes, seen.SuperuserAccess));
        Assert.Equal((Way.Bucket, Lineage.New), (answer.Recommended?.Way, answer.View.Lineage?.Lineage));
        Assert.Equal($"cnpg-restore from-backup {Cluster} -n {scene.Namespace}", answer.Bucket.Commands[^1].Command);
        Assert.False(answer.View.NeedsNoRestore);
    }

    [Fact]
    public async Task A_healthy_cluster_needs_no_restore()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await CreateAsync(scene);
        await SetStatusAsync(scene, ClusterPhase.Healthy, ready: 1);

        var answer = await AskAsync(scene);

        Assert.True(answer.View.NeedsNoRestore);
        Assert.Contains($"advise {Cluster} -n {scene.Namespace}", answer.View.AskedWithMoment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Git_owns_is_moved_and_not_renamed()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await CreateAsync(scene);
        await scene.Api.CreateAsync(
            ResourceTypes.Kustomizations, scene.Namespace, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "databases" }, ["spec"] = new JsonObject() }, WriteOptions.Default, Ct);
        await scene.Api.MergePatchAsync(
            new ObjectReference(ResourceTypes.Clusters, scene.Namespace, Cluster),
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["labels"] = new JsonObject { ["kustomize.toolkit.fluxcd.io/name"] = "databases", ["kustomize.toolkit.fluxcd.io/namespace"] = scene.Namespace },
                },
            },
            WriteOptions.Default,
            Ct);

        var answer = await AskAsync(scene);

        Assert.Equal([$"Kustomization {scene.Namespace}/databases"], answer.View.Kubernetes.Owners);
        Assert.Equal((Lineage.Move, Cluster), (answer.View.Lineage?.Lineage, answer.View.Lineage?.Archive));
    }

    [Fact]
    public async Task The_operator_is_seen_with_its_version()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await CreateAsync(scene);
        var deployment = JsonNode.Parse(
            """
            {"metadata":{"name":"cnpg-controller-manager","labels":{"app.kubernetes.io/name":"cloudnative-pg"}},
             "spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
              "spec":{"containers":[{"name":"manager","image":"ghcr.io/cloudnative-pg/cloudnative-pg:1.27.0"}]}}}}
            """)!.AsObject();
        await scene.Api.CreateAsync(ResourceTypes.Deployments, scene.Namespace, deployment, WriteOptions.Default, Ct);

        var stopped = await AskAsync(scene);
        await scene.WriteStatusAsync(new ObjectReference(ResourceTypes.Deployments, scene.Namespace, "cnpg-controller-manager"), JsonNode.Parse("""{"replicas":1,"readyReplicas":1}""")!, Ct);
        var running = await AskAsync(scene);

        Assert.Equal((false, true), (stopped.View.Kubernetes.OperatorRuns, running.View.Kubernetes.OperatorRuns));
        Assert.Equal("cloudnative-pg:1.27.0, 1 ready", running.View.Kubernetes.Operator);
        Assert.Contains(stopped.Bucket.Warnings, warning => warning.StartsWith("the operator of CloudNativePG does not run", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Secret_that_is_gone_speaks_for_the_dump()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await CreateAsync(scene);
        await scene.Api.DeleteAsync(new ObjectReference(ResourceTypes.Secrets, scene.Namespace, "s3"), new DeleteOptions(Uid: null), Ct);

        var answer = await AskAsync(scene);

        Assert.Equal((Way.Dump, true, false), (answer.Recommended?.Way, Holds(answer, "dump-s3-credentials-lost"), Holds(answer, "s3-credentials")));
        Assert.Contains("s3", answer.Bucket.Problem?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_is_gone_asks_for_its_manifest_or_its_bucket()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);

        var bare = await AskAsync(scene);
        var named = await AskAsync(scene, request => request with { NamesBucket = true, StoreWords = ["-b", $"s3://{story.Folder.Bucket}"] });

        Assert.True(bare.View.Kubernetes.IsGone);
        Assert.Equal((Way.Dump, null), (bare.Recommended?.Way, bare.Bucket.IsPossible));
        Assert.Contains("add -f cluster.yaml", bare.Bucket.Why, StringComparison.Ordinal);
        Assert.Equal(Way.Bucket, named.Recommended?.Way);
        Assert.Equal($"cnpg-restore from-backup {Cluster} -n {scene.Namespace} -f cluster.yaml -b s3://{story.Folder.Bucket}", named.Bucket.Commands[^1].Command);
        Assert.StartsWith("cnpg-restore manifest initdb -f cluster.yaml", bare.Dump.Commands[0].Command, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_see_nothing_is_told_so_and_gets_the_other_ways()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        await CreateAsync(scene);
        var story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);

        var answer = await AskAsync(
            scene,
            request => request with { NamesBucket = true, StoreWords = ["-b", $"s3://{story.Folder.Bucket}"] },
            () => KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = scene.Server.StrangerKubeconfig, Namespace = scene.Namespace }));

        Assert.Equal((ProblemCode.AccessDenied, false), (answer.View.Kubernetes.Problem?.Code, Holds(answer, "s3-kubernetes")));
        Assert.Equal(Way.Bucket, answer.Recommended?.Way);
    }

    [Fact]
    public async Task An_API_that_does_not_answer_leaves_the_bucket_the_manifest_and_the_dumps()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        using var folder = new TemporaryFolder("advice");
        var kubeconfig = Path.Combine(folder.Path, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, """{apiVersion: v1, kind: Config, current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}], clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}], users: [{name: a, user: {}}]}""", Ct);
        var manifest = Path.Combine(folder.Path, "cluster.yaml");
        await File.WriteAllTextAsync(manifest, (await ManifestsAsync()).Initdb(Cluster, Cluster), Ct);

        var answer = await AskAsync(scene, request => request with { Files = [manifest] }, () => KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = kubeconfig }));

        Assert.Equal((ProblemCode.Unreachable, false), (answer.View.Kubernetes.Problem?.Code, answer.View.Kubernetes.Answers));
        Assert.Equal((Way.Bucket, Way.Dump), (answer.Recommended?.Way, answer.RunnerUp?.Way));
        Assert.Equal($"cnpg-restore drill -f {manifest} --server {Cluster}", answer.Bucket.Commands[0].Command);
    }

    private static bool? Holds(AdviceAnswer answer, string id) => answer.Rules.Single(judged => judged.Rule.Id == id).Verdict.Holds;

    // By another name of this machine: a Cluster that archives into the folder of another test's, as that test knows it, stands in its way.
    private async Task<ClusterManifests> ManifestsAsync() =>
        new((await bed.S3Async(Ct)).Endpoint.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), (await bed.StoryAsync(BarmanCompression.Gzip, Ct)).Folder.Bucket);

    private async Task CreateAsync(ApiScene scene)
    {
        var manifests = $"{ClusterManifests.Credentials}\n---\n{(await ManifestsAsync()).Initdb(Cluster, Cluster)}";
        (await ToolProcess.RunAsync(scene.Server.Kubectl("--namespace", scene.Namespace, "apply", "--filename", "-") with { Input = manifests }, Ct)).Succeeded();
    }

    private static Task SetStatusAsync(ApiScene scene, string phase, int ready) => scene.WriteStatusAsync(
        new ObjectReference(ResourceTypes.Clusters, scene.Namespace, Cluster),
        new JsonObject { ["phase"] = phase, ["readyInstances"] = ready, ["instances"] = 1 },
        Ct);

    /// <summary>Beside the Cluster lies a dump of its database <c>orders</c>, a day old.</summary>
    private async Task<AdviceAnswer> AskAsync(ApiScene scene, Func<AdviceRequest, AdviceRequest>? change = null, Func<KubernetesApi>? connect = null)
    {
        using var dumps = new DumpShare();
        await dumps.AddAsync(await bed.PostgresAsync(Ct), "orders", TimeSpan.FromDays(1), Ct);
        var request = new AdviceRequest { Cluster = Cluster, KubernetesWords = ["-n", scene.Namespace], Dumps = dumps.Path, Limit = TimeSpan.FromMinutes(2) };
        var story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        var settings = StoreSettings.Of((await bed.S3Async(Ct)).Endpoint, $"s3://{story.Folder.Bucket}");
        var sources = new AdviceSources(
            connect ?? (() => scene.Server.Connect(scene.Namespace)), _ => new S3ObjectStore(settings, TimeProvider.System), TimeProvider.System);
        return await new Advisor(change?.Invoke(request) ?? request, sources).RunAsync(Ct);
    }
}
