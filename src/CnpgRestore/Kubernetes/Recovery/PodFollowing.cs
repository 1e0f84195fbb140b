using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace CnpgRestore.Kubernetes.Recovery;

/// <summary>Follows the pods of a Cluster as they come and go, each with all its containers.</summary>
sealed class PodFollowing(KubernetesApi api, string ns, string cluster, int? expectedSegments, ChannelWriter<RecoveryEvent> writer)
{
    private readonly HashSet<string> _told = [];
    private readonly List<Task> _logs = [];
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
            await Task.WhenAll(_logs);
        }
    }

    private async Task LookAsync(JsonObject pod, CancellationToken ct)
    {
        var (name, uid) = (pod.Text("metadata", "name") ?? "", pod.Text("metadata", "uid") ?? "");
        if (pod.Text("metadata", "labels", CnpgNames.JobRoleLabel) == CnpgNames.RecoveryContainer && _told.Add($"{uid} attempt"))
        {
            await writer.WriteAsync(new RecoveryEvent.AttemptStarted(name, ++_attempts), ct);
        }

        foreach (var container in PodStatus.StartedContainers(pod).Where(container => _told.Add($"{uid} log {container}")))
        {
            _logs.Add(FollowAsync(name, container, ct));
        }

        foreach (var why in PodStatus.Troubles(pod).Where(why => _told.Add($"{uid} {why}")))
        {
            await writer.WriteAsync(new RecoveryEvent.PodStuck(name, why), ct);
        }

        foreach (var (container, exitCode, reason) in PodStatus.FailedContainers(pod).Where(failed => _told.Add($"{uid} failed {failed.Container}")))
        {
            await writer.WriteAsync(new RecoveryEvent.ContainerFailed(name, container, exitCode, reason), ct);
        }
    }

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
