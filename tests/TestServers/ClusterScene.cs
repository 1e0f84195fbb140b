using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;

namespace CnpgRestore.TestServers;

/// <summary>
/// A namespace where Clusters live, with a bucket of its own, the Secret <c>s3</c> with its credentials, and an operator that brings them to life.
/// </summary>
public sealed class ClusterScene : IAsyncDisposable
{
    private static readonly ResourceType[] Types =
    [
        ResourceTypes.Clusters, ResourceTypes.Backups, ResourceTypes.ScheduledBackups, ResourceTypes.ObjectStores, ResourceTypes.Pods, ResourceTypes.Jobs,
        ResourceTypes.PersistentVolumeClaims, ResourceTypes.Secrets, ResourceTypes.ConfigMaps, ResourceTypes.Services, ResourceTypes.Leases,
        ResourceTypes.Deployments, ResourceTypes.StatefulSets, ResourceTypes.DaemonSets, ResourceTypes.Kustomizations, ResourceTypes.HelmReleases, ResourceTypes.Applications,
    ];

    private readonly KubernetesApi _api;

    private ClusterScene(KubernetesNamespace ns, S3Server s3, string bucket)
    {
        _api = ns.Connect();
        Namespace = ns;
        S3 = s3;
        Bucket = bucket;
    }

    public KubernetesNamespace Namespace { get; }

    public S3Server S3 { get; }

    public string Bucket { get; }

    /// <summary>Manifests for this namespace and bucket.</summary>
    public ClusterManifests Manifests => new(Namespace.Server.ForPods(S3.Endpoint), Bucket);

    public static async Task<ClusterScene> CreateAsync(TestBed bed, CancellationToken ct)
    {
        var starting = bed.S3Async(ct);
        await Task.WhenAll(starting, bed.OperatorAsync(ct));
        var s3 = await starting;
        var kubernetes = await bed.KubernetesAsync(ct);
        var scene = new ClusterScene(await kubernetes.CreateNamespaceAsync(ct), s3, await s3.CreateBucketAsync(ct));
        await scene.Namespace.ApplyAsync(ClusterManifests.Credentials, ct);
        return scene;
    }

    /// <summary>Where the Cluster of this server name archives.</summary>
    public S3Folder Folder(string serverName) => new(Bucket, $"{serverName}/");

    /// <summary>A story's folder, copied into this bucket under the same server name, as if its Cluster had lived here.</summary>
    public async Task<ClusterStory> TakeOverAsync(ClusterStory story, CancellationToken ct)
    {
        var copy = story with { Folder = story.Folder with { Bucket = Bucket } };
        await S3.CopyAsync(story.Folder, copy.Folder, ct);
        return copy;
    }

    /// <summary>Waits until a Cluster is ready.</summary>
    public Task HealthyAsync(string cluster, CancellationToken ct) =>
        UntilAsync($"cluster/{cluster}", item => item?["status"]?["phase"]?.GetValue<string>() == "Cluster in healthy state", ct);

    /// <summary>Waits until a job has failed for good.</summary>
    public Task FailedAsync(string job, CancellationToken ct) => UntilAsync(
        $"job/{job}",
        item => item?["status"]?["conditions"]?.AsArray().Any(condition => condition!["type"]!.GetValue<string>() == "Failed") ?? false,
        ct);

    /// <summary>Waits until an object, or a list, is as asked for. After a quarter of an hour the test fails and says how it is.</summary>
    /// <param name="what">As in <see cref="FindAsync"/>; null is an object that does not exist.</param>
    public async Task<JsonNode?> UntilAsync(string what, Func<JsonNode?, bool> condition, CancellationToken ct)
    {
        // Long, because a machine that runs much else at the same time is slow, and because only a failing test waits so long.
        var deadline = Task.Delay(TimeSpan.FromMinutes(15), ct);
        while (true)
        {
            var item = await FindAsync(what, ct);
            if (condition(item))
            {
                return item;
            }

            if (deadline.IsCompleted)
            {
                throw new TimeoutException($"{what} did not become what the test waits for within a quarter of an hour\n{item?["status"]}\n{await EventsAsync(ct)}\n{await LogsAsync(ct)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }
    }

    /// <summary>The last words of every pod that has not come to a good end: events alone do not tell why a Job fails.</summary>
    private async Task<string> LogsAsync(CancellationToken ct)
    {
        var words = new List<string>();
        foreach (var pod in (await FindAsync("pods", ct))!["items"]!.AsArray().Where(pod => pod!["status"]?["phase"]?.GetValue<string>() != "Succeeded"))
        {
            var name = pod!["metadata"]!["name"]!.GetValue<string>();
            var logs = await ToolProcess.RunAsync(Namespace.Server.Kubectl("--namespace", Namespace.Name, "logs", name, "--all-containers", "--tail", "10"), ct);
            words.Add($"{name}:\n{logs.Output}{logs.Error}");
        }

        return string.Join('\n', words);
    }

    /// <summary>An object of this namespace, or <c>items</c> of one kind or several, named as kubectl does: <c>backup/nightly</c>, <c>pods,pvc</c>.</summary>
    /// <returns>Null when there is no such object; a list is never null.</returns>
    public async Task<JsonNode?> FindAsync(string what, CancellationToken ct)
    {
        if (what.Split('/') is [var kind, var name])
        {
            return await _api.FindAsync(new ObjectReference(Type(kind), Namespace.Name, name), ct);
        }

        var items = new JsonArray();
        foreach (var type in what.Split(',').Select(Type))
        {
            await foreach (var item in _api.ListAsync(type, Namespace.Name, ListSelector.All, ct))
            {
                items.Add(item.DeepClone());
            }
        }

        return new JsonObject { ["items"] = items };
    }

    /// <summary>Runs SQL as superuser in the primary's pod, stopping at the first error, each statement a transaction; returns the bare values.</summary>
    public async Task<string> SqlAsync(string cluster, string database, string sql, CancellationToken ct)
    {
        var statements = sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(statement => (string[])["-c", statement]);
        var result = await _api.ExecAsync(Namespace.Name, $"{cluster}-1", "postgres", ["psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-d", database, .. statements], stdin: null, ct);
        return result.ExitCode == 0 ? result.Output.Trim() : throw new InvalidOperationException($"{sql}\nended with exit code {result.ExitCode}\n{result.Error}");
    }

    /// <summary>Ends the current WAL segment and waits until it lies in the bucket. Returns its name.</summary>
    public async Task<string> ArchiveAsync(string cluster, CancellationToken ct)
    {
        await SqlAsync(cluster, "postgres", "SELECT pg_logical_emit_message(false, 'test', 'end of segment')", ct);
        var segment = await SqlAsync(cluster, "postgres", "SELECT pg_walfile_name(pg_switch_wal())", ct);
        var deadline = Task.Delay(TimeSpan.FromMinutes(3), ct);
        while (await SqlAsync(cluster, "postgres", $"SELECT last_archived_wal >= '{segment}' FROM pg_stat_archiver", ct) != "t")
        {
            if (deadline.IsCompleted)
            {
                throw new TimeoutException($"WAL segment {segment} was not archived within three minutes\n{await LogsAsync($"{cluster}-1", ct)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
        }

        return segment;
    }

    /// <summary>Takes a base backup by a Backup resource and returns its id.</summary>
    public async Task<string> BackUpAsync(string cluster, string name, CancellationToken ct)
    {
        await Namespace.ApplyAsync(ClusterManifests.Backup(name, cluster), ct);
        var backup = await UntilAsync($"backup/{name}", item => item?["status"]?["phase"]?.GetValue<string>() is "completed" or "failed", ct);
        return backup!["status"]!["backupId"]?.GetValue<string>() ?? throw new InvalidOperationException($"the backup failed: {backup["status"]}");
    }

    /// <summary>Log lines of all containers of a pod, init containers too.</summary>
    public Task<string> LogsAsync(string pod, CancellationToken ct) => Namespace.KubectlAsync(ct, "logs", pod, "--all-containers");

    /// <summary>Messages of the namespace's events, one per line.</summary>
    public Task<string> EventsAsync(CancellationToken ct) =>
        Namespace.KubectlAsync(ct, "get", "events", "--output", """jsonpath={range .items[*]}{.involvedObject.kind}/{.involvedObject.name} {.reason}: {.message}{"\n"}{end}""");

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await Namespace.DisposeAsync();
    }

    private static ResourceType Type(string word) => word == "pvc" ? ResourceTypes.PersistentVolumeClaims
        : Types.First(type => type.Plural == word || type.Kind.Equals(word, StringComparison.OrdinalIgnoreCase));
}
