using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.ServerTests.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>
/// A namespace on a real API server, a real bucket, and objects as people and the operator write them: for what shows without pods.
/// The Cluster is <c>orders</c>; its Secret is <c>s3</c>.
/// </summary>
sealed class RecordedScene : IAsyncDisposable
{
    public const string Cluster = "orders";

    private readonly TemporaryFolder _folder = new("doctor");
    private readonly List<IAsyncDisposable> _owned = [];

    private RecordedScene(ApiScene api, S3Server s3, string bucket)
    {
        (Api, S3, Bucket) = (api, s3, bucket);
    }

    public ApiScene Api { get; }

    public S3Server S3 { get; }

    public string Bucket { get; }

    public string Folder => _folder.Path;

    public ClusterManifests Manifests => new(S3.Endpoint, Bucket);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="folders">Server folders of the bucket: copies of a finished story with two usable base backups.</param>
    public static async Task<RecordedScene> OpenAsync(TestBed bed, params string[] folders)
    {
        var s3 = await bed.S3Async(Ct);
        var scene = new RecordedScene(await ApiScene.OpenAsync(bed, Ct), s3, await s3.CreateBucketAsync(Ct));
        await scene.CreateAsync(ClusterManifests.Credentials);
        foreach (var name in folders)
        {
            await s3.CopyAsync((await bed.StoryAsync(BarmanCompression.Gzip, Ct)).Folder, new S3Folder(scene.Bucket, $"{name}/"), Ct);
        }

        return scene;
    }

    /// <summary>A server that ends with the scene.</summary>
    public T Owns<T>(T server)
        where T : IAsyncDisposable
    {
        _owned.Add(server);
        return server;
    }

    public async Task CreateAsync(string yaml) =>
        (await ToolProcess.RunAsync(Api.Server.Kubectl("--namespace", Api.Namespace, "create", "--filename", "-") with { Input = yaml }, Ct)).Succeeded();

    /// <summary>The Cluster, what the operator says of it, and as many pods as it calls ready.</summary>
    public async Task LiveAsync(string yaml, JsonObject? status = null)
    {
        status ??= Healthy();
        var ready = status["readyInstances"]?.GetValue<int>() ?? 0;
        await LiveWithoutPodsAsync(yaml, status);
        for (var number = 1; number <= ready; number++)
        {
            await InstanceAsync($"{Cluster}-{number}");
        }
    }

    public async Task LiveWithoutPodsAsync(string yaml, JsonObject? status = null)
    {
        await CreateAsync(yaml);
        await Api.WriteStatusAsync(new ObjectReference(ResourceTypes.Clusters, Api.Namespace, Cluster), status ?? Healthy(), Ct);
    }

    /// <summary>A Job of the operator's that has used up its attempts.</summary>
    public async Task FailedJobAsync(string name, string role)
    {
        await CreateAsync($$$"""
            apiVersion: batch/v1
            kind: Job
            metadata: {name: {{{name}}}, labels: {cnpg.io/cluster: {{{Cluster}}}, cnpg.io/jobRole: {{{role}}}} }
            spec: {template: {spec: {restartPolicy: Never, containers: [{name: {{{role}}}, image: postgres}]} } }
            """);
        await Api.WriteStatusAsync(new ObjectReference(ResourceTypes.Jobs, Api.Namespace, name), new JsonObject { ["failed"] = 1, ["conditions"] = new JsonArray(Condition("Failed", "BackoffLimitExceeded")) }, Ct);
    }

    private async Task InstanceAsync(string name)
    {
        var pod = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { [CnpgNames.ClusterLabel] = Cluster, [CnpgNames.InstanceNameLabel] = name, [CnpgNames.PodRoleLabel] = "instance" } },
            // Nobody makes tokens here.
            ["spec"] = new JsonObject { ["automountServiceAccountToken"] = false, ["containers"] = new JsonArray(new JsonObject { ["name"] = CnpgNames.PostgresContainer, ["image"] = "postgres" }) },
        };
        await Api.CreatePodAsync(pod, Ct);
        await Api.WriteStatusAsync(
            new ObjectReference(ResourceTypes.Pods, Api.Namespace, name), new JsonObject { ["phase"] = "Running", ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }) }, Ct);
    }

    public static JsonObject Healthy() => new()
    {
        ["phase"] = "Cluster in healthy state",
        ["instances"] = 1,
        ["readyInstances"] = 1,
        ["currentPrimary"] = "orders-1",
        ["targetPrimary"] = "orders-1",
        ["instanceNames"] = new JsonArray("orders-1"),
        ["conditions"] = new JsonArray(Condition("Ready", "ClusterIsReady"), Condition("ContinuousArchiving", "ContinuousArchivingSuccess")),
    };

    public static JsonObject SettingUp() => new() { ["phase"] = "Setting up primary", ["instances"] = 1, ["instanceNames"] = new JsonArray("orders-1") };

    public string Write(string yaml)
    {
        var path = Path.Combine(Folder, $"{Path.GetRandomFileName()}.yaml");
        using (var writer = new StreamWriter(path))
        {
            writer.Write(yaml);
        }

        return path;
    }

    /// <param name="file">What Git has.</param>
    public Task<Examination> ExamineAsync(string? file = null, KubernetesApi? api = null, string? dumps = null)
    {
        var set = file is null ? null : ManifestFiles.Read([Write(file)]);
        return Examiner.ExamineAsync(
            new ExaminationRequest(Cluster, Api.Namespace, api ?? Api.Api, TimeProvider.System)
            {
                File = set?.ReadJson(Cluster),
                Written = set?.Read(Cluster),
                Dumps = dumps,
                OpenStore = store => throw new InvalidOperationException($"{store.DestinationPath} is opened with the Secret"),
            },
            Ct);
    }

    /// <summary>Without Kubernetes: the bucket alone, by address and key.</summary>
    public Task<Examination> ExamineBucketAsync(string? server, string accessKey, string secretKey) => Examiner.ExamineAsync(
        new ExaminationRequest(Cluster, "default", null, TimeProvider.System)
        {
            Bucket = new NamedBucket($"s3://{Bucket}", S3.Endpoint, () => Open(accessKey, secretKey)),
            Server = server,
            OpenStore = _ => throw new InvalidOperationException("the bucket is named"),
        },
        Ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _owned)
        {
            await server.DisposeAsync();
        }

        await Api.DisposeAsync();
        _folder.Dispose();
    }

    private S3ObjectStore Open(string accessKey, string secretKey) => new(
        new S3Settings(StoreAddress.Parse($"s3://{Bucket}")) { Endpoint = new Uri(S3.Endpoint), Credentials = new S3Credentials(accessKey, new Secret(secretKey), null), Provider = Provider.Of(new Uri(S3.Endpoint)) }, TimeProvider.System);

    private static JsonObject Condition(string type, string reason) =>
        new() { ["type"] = type, ["status"] = "True", ["reason"] = reason, ["message"] = "as it should be", ["lastTransitionTime"] = "2026-11-22T14:00:00Z" };
}
