using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace CnpgRestore.Kubernetes.Recovery;

/// <summary>Follows the pods of a Cluster as they come and go, each with all its containers.</summary>
sealed class PodFollowing(KubernetesApi api, string ns, string cluster, int? expectedSegments, ChannelWriter<RecoveryEvent> writer)
{
    // A log that does not end is no reason to hold back what is known.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Pod, Task Log)> _logs = new();
    private int _attempts;

    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            await foreach (var change in api.WatchAsync(ResourceTypes.Pods, ns, CnpgNames.Of(cluster), ct))
            {
                if (change.Type != WatchEventType.Deleted && change.Object.Text("metadata", "labels", CnpgNames.PodRoleLabel) != "pooler")
                {
                    await LookAsync(change.Object, stop.Token);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(_logs.Select(followed => followed.Log));
        }
    }

    /// <summary>Waits until the lines of a Job that has ended are told: what they say comes before the end of the Job.</summary>
    public async Task DrainAsync(string job, CancellationToken ct)
    {
        var pods = new HashSet<string>();
        await foreach (var pod in api.ListAsync(ResourceTypes.Pods, ns, new ListSelector($"job-name={job}"), ct))
        {
            pods.Add(pod.Text("metadata", "name") ?? "");
            await LookAsync(pod, ct);
        }

        await Task.WhenAny(Task.WhenAll(_logs.Where(followed => pods.Contains(followed.Pod)).Select(followed => followed.Log)), Task.Delay(DrainTime, ct));
    }

    private async Task LookAsync(JsonObject pod, CancellationToken ct)
    {
        var (name, uid) = (pod.Text("metadata", "name") ?? "", pod.Text("metadata", "uid") ?? "");
        if (pod.Text("metadata", "labels", CnpgNames.JobRoleLabel) == CnpgNames.RecoveryContainer && IsNew($"{uid} attempt"))
        {
            await writer.WriteAsync(new RecoveryEvent.AttemptStarted(name, Interlocked.Increment(ref _attempts)), ct);
        }

        foreach (var container in PodStatus.StartedContainers(pod).Where(container => IsNew($"{uid} log {container}")))
        {
            _logs.Enqueue((name, FollowAsync(name, container, ct)));
        }

        foreach (var why in PodStatus.Troubles(pod).Where(why => IsNew($"{uid} {why}")))
        {
            await writer.WriteAsync(new RecoveryEvent.PodStuck(name, why), ct);
        }

        foreach (var (container, exitCode, reason) in PodStatus.FailedContainers(pod).Where(failed => IsNew($"{uid} failed {failed.Container}")))
        {
            await writer.WriteAsync(new RecoveryEvent.ContainerFailed(name, container, exitCode, reason), ct);
        }
    }

    private bool IsNew(string what) => _told.TryAdd(what, true);

    private async Task FollowAsync(string pod, string container, CancellationToken ct)
    {
        try
        {
            await ReadAsync(pod, container, ct);
        }
        catch (OperationCanceledException)
        {
            // Nobody reads any more.
        }
    }

    private async Task ReadAsync(string pod, string container, CancellationToken ct)
    {
        var lines = new RecoveryLines(pod, container, expectedSegments);
        try
        {
            await foreach (var line in api.FollowLogsAsync(ns, pod, container, new LogOptions(), ct))
            {
                foreach (var seen in lines.Read(LogRecord.Parse(line)))
                {
                    await writer.WriteAsync(seen, ct);
                }
            }
        }
        catch (RestoreException e)
        {
            await writer.WriteAsync(new RecoveryEvent.LogLost(pod, container, e.Problem), ct);
        }
    }
}
