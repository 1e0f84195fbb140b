using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Apps;

/// <summary>A Cluster <c>orders</c>, applications that hold sessions in its namespace and in another, and the program as a person runs it.</summary>
sealed class AppsScene : IAsyncDisposable
{
    public const string Cluster = "orders";

    private readonly TemporaryFolder _folder = new("apps");

    private AppsScene(ClusterScene clusters, KubernetesNamespace front) => (Clusters, Front) = (clusters, front);

    public ClusterScene Clusters { get; }

    public KubernetesNamespace Home => Clusters.Namespace;

    /// <summary>Another namespace than the Cluster's.</summary>
    public KubernetesNamespace Front { get; }

    /// <summary>For files of the test.</summary>
    public string Folder => _folder.Path;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static Task<AppsScene> CreateAsync(TestBed bed) => CreateAsync(bed, manifest => manifest);

    /// <summary>With the Secret of postgres, by which it may log in over the network.</summary>
    public static Task<AppsScene> CreateWithSuperuserAsync(TestBed bed) =>
        CreateAsync(bed, manifest => manifest.Replace("spec:\n", "spec:\n  enableSuperuserAccess: true\n", StringComparison.Ordinal));

    private static async Task<AppsScene> CreateAsync(TestBed bed, Func<string, string> change)
    {
        _ = NativeProgram.Path;
        var clusters = await ClusterScene.CreateAsync(bed, Ct);
        var scene = new AppsScene(clusters, await clusters.Namespace.Server.CreateNamespaceAsync(Ct));
        await clusters.Namespace.ApplyAsync(change(clusters.Manifests.Initdb(Cluster, Cluster)), Ct);
        await clusters.HealthyAsync(Cluster, Ct);
        return scene;
    }

    /// <summary>web 1, queue 3, nightly and bystander beside the Cluster; api 2 with an autoscaler in the other namespace. Six sessions.</summary>
    public async Task StartAppsAsync()
    {
        foreach (var manifest in (IEnumerable<string>)[AppManifests.Web, AppManifests.Queue, AppManifests.Nightly, AppManifests.Bystander])
        {
            await Home.ApplyAsync(manifest, Ct);
        }

        var secret = await Clusters.FindAsync("secret/orders-app", Ct);
        await Front.ApplyAsync(AppManifests.Api(System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(secret!["data"]!["uri"]!.GetValue<string>()))), Ct);
        await SessionsAsync(6);
    }

    /// <summary>The same, with a Flux that goes on applying web and queue as Git has them; the caller disposes of Git.</summary>
    public async Task<GitFolder> StartAppsFromGitAsync(CancellationToken ct)
    {
        var git = await GitFolder.CreateAsync(ct);
        await git.CommitAsync("apps/web.yaml", AppManifests.Web, ct);
        await git.CommitAsync("apps/queue.yaml", AppManifests.Queue, ct);
        await Home.ApplyAsync(Flux(git), ct);
        await Clusters.UntilAsync("statefulset/queue", item => item is not null, ct);
        await StartAppsAsync();
        return git;
    }

    /// <summary>Waits for a number of clients over the network.</summary>
    public async Task SessionsAsync(int count)
    {
        var deadline = Task.Delay(TimeSpan.FromMinutes(15), Ct);
        while (await CountSessionsAsync() != count)
        {
            Assert.False(deadline.IsCompleted, $"{await CountSessionsAsync()} sessions, not {count}\n{await Clusters.EventsAsync(Ct)}");
            await Task.Delay(200, Ct);
        }
    }

    public async Task<int> CountSessionsAsync() => int.Parse(
        await Clusters.SqlAsync(Cluster, "postgres", "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND client_addr IS NOT NULL", Ct),
        System.Globalization.CultureInfo.InvariantCulture);

    public ToolCommand Command(IEnumerable<string> arguments, string state = "state", string? kubeconfig = null) => NativeProgram.Command([.. arguments, "-n", Home.Name]) with
    {
        Environment = new Dictionary<string, string>
        {
            ["KUBECONFIG"] = kubeconfig ?? Home.Server.Kubeconfig, ["CNPG_RESTORE_STATE"] = Path.Combine(_folder.Path, state), ["HOME"] = _folder.Path,
        },
        // Only a failing test waits so long; a base backup alone takes minutes where much else runs.
        Timeout = TimeSpan.FromMinutes(15),
    };

    public Task<ToolResult> RunAsync(params string[] arguments) => ToolProcess.RunAsync(Command(arguments), Ct);

    public async Task<JsonArray> ListAsync(params string[] options)
    {
        var result = (await RunAsync(["apps", "list", Cluster, "-o", "json", .. options])).Succeeded();
        return JsonNode.Parse(result.Output)!["apps"]!.AsArray();
    }

    /// <summary>Replicas as the objects want them: <c>web=1 queue=3 api=2</c>.</summary>
    public async Task<string> CountsAsync() =>
        $"web={await SpecAsync(Home, "deployment/web")} queue={await SpecAsync(Home, "statefulset/queue")} api={await SpecAsync(Front, "deployment/api")}";

    public Task<string> SpecAsync(KubernetesNamespace ns, string what, string path = "{.spec.replicas}") => ns.KubectlAsync(Ct, "get", what, "--output", $"jsonpath={path}");

    /// <summary>No annotation of ours is anywhere, and no lease.</summary>
    public async Task AssertNothingIsLeftAsync()
    {
        await AssertNoNoteIsLeftAsync();
        Assert.Null(await Clusters.FindAsync($"lease/cnpg-restore-{Cluster}", Ct));
    }

    public async Task AssertNoNoteIsLeftAsync()
    {
        foreach (var ns in (IEnumerable<KubernetesNamespace>)[Home, Front])
        {
            Assert.DoesNotContain("cnpg-restore/", await ObjectsAsync("deployments,statefulsets,cronjobs,daemonsets,kustomizations"), StringComparison.Ordinal);
            // A Deployment's controller copies its annotations to the ReplicaSets; what takes them away is the program.
            for (var looks = 0; looks < 100 && (await ObjectsAsync("replicasets")).Contains("cnpg-restore/", StringComparison.Ordinal); looks++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), Ct);
            }

            Assert.DoesNotContain("cnpg-restore/", await ObjectsAsync("replicasets"), StringComparison.Ordinal);

            Task<string> ObjectsAsync(string kinds) => ns.KubectlAsync(Ct, "get", kinds, "--output", "json");
        }
    }

    /// <summary>The last JSON line of a run.</summary>
    public static JsonElement Summary(ToolResult result) => JsonDocument.Parse(result.Output.TrimEnd().Split('\n')[^1]).RootElement;

    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        await Clusters.DisposeAsync();
        _folder.Dispose();
    }

    private static string Flux(GitFolder git) => $$"""
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: { name: home }
        spec: { url: "{{git.Url}}", ref: { branch: main } }
        ---
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: { name: apps }
        spec: { sourceRef: { kind: GitRepository, name: home }, path: ./apps, prune: false, interval: 1m }
        """;
}
