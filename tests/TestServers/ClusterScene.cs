using System.Text.Json.Nodes;

namespace CnpgRestore.TestServers;

/// <summary>
/// A namespace where Clusters live, with a bucket of its own, the Secret <c>s3</c> with its credentials, and an operator that brings them to life.
/// </summary>
public sealed class ClusterScene : IAsyncDisposable
{
    private ClusterScene(KubernetesNamespace ns, S3Server s3, string bucket)
    {
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
        var s3 = await bed.S3Async(ct);
        await bed.OperatorAsync(ct);
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

    /// <summary>Waits until a Cluster is ready; after five minutes the test fails.</summary>
    public Task HealthyAsync(string cluster, CancellationToken ct) =>
        UntilAsync($"cluster/{cluster}", item => item?["status"]?["phase"]?.GetValue<string>() == "Cluster in healthy state", ct);

    /// <summary>Waits until a job has failed for good.</summary>
    public Task FailedAsync(string job, CancellationToken ct) => UntilAsync(
        $"job/{job}",
        item => item?["status"]?["conditions"]?.AsArray().Any(condition => condition!["type"]!.GetValue<string>() == "Failed") ?? false,
        ct);

    /// <summary>Waits until an object is as asked for; null is one that does not exist. After five minutes the test fails and says how it is.</summary>
    /// <param name="what">As kubectl names it, for example <c>backup/nightly</c>.</param>
    public async Task<JsonNode?> UntilAsync(string what, Func<JsonNode?, bool> condition, CancellationToken ct)
    {
        var deadline = Task.Delay(TimeSpan.FromMinutes(5), ct);
        while (true)
        {
            var item = await FindAsync(what, ct);
            if (condition(item))
            {
                return item;
            }

            if (deadline.IsCompleted)
            {
                throw new TimeoutException($"{what} did not become what the test waits for within five minutes\n{item?["status"]}\n{await EventsAsync(ct)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
        }
    }

    /// <summary>An object, or a list of them; null when there is none.</summary>
    public async Task<JsonNode?> FindAsync(string what, CancellationToken ct) =>
        await Namespace.KubectlAsync(ct, "get", what, "--output", "json", "--ignore-not-found") is { Length: > 0 } json ? JsonNode.Parse(json) : null;

    /// <summary>Runs SQL as superuser in the primary's pod, stopping at the first error, each statement a transaction; returns the bare values.</summary>
    public async Task<string> SqlAsync(string cluster, string database, string sql, CancellationToken ct) => (await Namespace.KubectlAsync(
        ct, ["exec", $"{cluster}-1", "--container", "postgres", "--", "psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-d", database,
            .. sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(statement => (string[])["-c", statement])])).Trim();

    /// <summary>Ends the current WAL segment and waits until it lies in the bucket. Returns its name.</summary>
    public async Task<string> ArchiveAsync(string cluster, CancellationToken ct)
    {
        await SqlAsync(cluster, "postgres", "SELECT pg_logical_emit_message(false, 'test', 'end of segment')", ct);
        var segment = await SqlAsync(cluster, "postgres", "SELECT pg_walfile_name(pg_switch_wal())", ct);
        var deadline = Task.Delay(TimeSpan.FromMinutes(1), ct);
        while (await SqlAsync(cluster, "postgres", $"SELECT last_archived_wal >= '{segment}' FROM pg_stat_archiver", ct) != "t")
        {
            if (deadline.IsCompleted)
            {
                throw new TimeoutException($"WAL segment {segment} was not archived within a minute\n{await LogsAsync($"{cluster}-1", ct)}");
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

    public ValueTask DisposeAsync() => Namespace.DisposeAsync();
}
