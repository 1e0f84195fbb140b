using System.Globalization;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>
/// Who is connected to the database, asked of every instance over its own socket. Replication is none of it; nor is what CloudNativePG itself holds
/// open ([cloudnative-pg] pkg/management/postgres/instance.go and pkg/management/postgres/metrics: by socket, with names of their own), nor a base
/// backup, which only reads and takes hours, nor what this program does.
/// </summary>
public sealed class ClusterSessions(KubernetesApi api, string ns, string cluster)
{
    /// <summary>Name that connections of this program bear, followed by anything.</summary>
    public const string OwnApplication = "cnpg-restore";

    /// <summary>Of <c>pg_stat_activity</c>, who is a client.</summary>
    // A session of the socket may call itself what it likes; over the network the names prove nothing. The exporter is a role of its own since 1.28.3
    // and 1.29.1.
    public const string Clients =
        $"""
        FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name NOT LIKE '{OwnApplication}%'
        AND NOT (client_addr IS NULL AND (usename = 'cnpg_metrics_exporter'
            OR usename = 'postgres' AND application_name IN ('cnpg-instance-manager', 'cnpg_metrics_exporter', 'barman_cloud_backup')))
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a pod that is being deleted is looked at: longer than Kubernetes leaves it by default.</summary>
    private const int Looks = 600;

    /// <summary>The pod that follows it lets people in a few seconds after its container has begun; one that takes longer replays WAL, or is broken.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromMinutes(1);

    /// <summary>How many instances the last answer is of.</summary>
    public int Instances { get; private set; }

    /// <exception cref="RestoreException">An instance does not answer.</exception>
    public async Task<IReadOnlyList<ClusterSession>> ListAsync(CancellationToken ct)
    {
        var sessions = new List<ClusterSession>();
        var instances = await InstancesAsync(ct);
        Instances = instances.Count;
        foreach (var instance in instances)
        {
            var rows = await AskAsync(
                instance, $"SELECT host(client_addr), datname, usename, application_name, count(*) {Clients} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4", ct);
            sessions.AddRange(rows.Select(row => new ClusterSession(
                instance, row[0].Length > 0 ? row[0] : null, row[1], row[2], row[3], int.Parse(row[4], CultureInfo.InvariantCulture))));
        }

        return sessions;
    }

    /// <summary>Ends them; their clients may come again.</summary>
    /// <returns>How many.</returns>
    public async Task<int> TerminateAsync(CancellationToken ct)
    {
        var ended = 0;
        foreach (var instance in await InstancesAsync(ct))
        {
            var rows = await AskAsync(instance, $"SELECT count(pg_terminate_backend(pid)) {Clients}", ct);
            ended += rows.Sum(row => int.Parse(row[0], CultureInfo.InvariantCulture));
        }

        return ended;
    }

    /// <summary>
    /// An instance that shuts down lets nobody in any more, and may have sessions still: they are gone when its pod is. One that starts lets nobody in
    /// yet.
    /// </summary>
    private async Task<IReadOnlyList<string[]>> AskAsync(string instance, string sql, CancellationToken ct)
    {
        for (var looks = 1; ; looks++)
        {
            try
            {
                return await new InstancePsql(api, ns, instance).QueryAsync("postgres", sql, ct);
            }
            catch (RestoreException)
            {
                var pod = await api.FindAsync(new ObjectReference(ResourceTypes.Pods, ns, instance), ct);
                if (pod is null)
                {
                    return [];
                }

                if (looks == Looks || !(pod.Text("metadata", "deletionTimestamp") is not null || IsStarting(pod)))
                {
                    throw;
                }
            }

            await Task.Delay(Interval, ct);
        }
    }

    private static bool IsStarting(JsonObject pod) =>
        !pod.HasCondition("Ready") && (RunningOf(pod).Time("startedAt") ?? pod.Time("metadata", "creationTimestamp")) > TimeProvider.System.GetUtcNow() - Start;

    private static JsonNode? RunningOf(JsonObject pod) =>
        pod.Items("status", "containerStatuses").FirstOrDefault(status => status.Text("name") == CnpgNames.PostgresContainer).At("state", "running");

    /// <summary>Pods whose PostgreSQL runs. None: nobody can be connected.</summary>
    private async Task<IReadOnlyList<string>> InstancesAsync(CancellationToken ct) => await api
        .ListAsync(ResourceTypes.Pods, ns, CnpgNames.Instances(cluster), ct)
        .Where(pod => RunningOf(pod) is not null)
        .Select(pod => pod.Text("metadata", "name")!)
        .ToListAsync(ct);
}
