using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace CnpgRestore.Kubernetes.Recovery;

/// <summary>
/// Follows one recovering Cluster: its state, events about it and what it owns, its Jobs, and the lines of all containers of all its pods. It never
/// ends by itself; whoever reads it stops reading.
/// </summary>
/// <param name="uid">The Cluster's: what another Cluster of the same name did or does is not told.</param>
/// <param name="expectedSegments">How many WAL segments the recovery will fetch, for the progress; null where nobody knows.</param>
public sealed class RecoveryWatch(KubernetesApi api, string ns, string cluster, string uid, int? expectedSegments)
{
    private const int Capacity = 1000;

    /// <exception cref="RestoreException">The API is not reachable any more, or refuses.</exception>
    public async IAsyncEnumerable<RecoveryEvent> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var channel = Channel.CreateBounded<RecoveryEvent>(Capacity);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var feeding = FeedAsync(channel.Writer, stop);
        try
        {
            await foreach (var seen in channel.Reader.ReadAllAsync(ct))
            {
                yield return seen;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await feeding;
        }
    }

    private async Task FeedAsync(ChannelWriter<RecoveryEvent> writer, CancellationTokenSource stop)
    {
        var pods = new PodFollowing(api, ns, cluster, expectedSegments, writer);
        Task[] sources = [ClusterAsync(writer, stop.Token), EventsAsync(writer, stop.Token), JobsAsync(pods, writer, stop.Token), pods.RunAsync(stop.Token)];
        var first = await Task.WhenAny(sources);
        try
        {
            await stop.CancelAsync();
            await Task.WhenAll(sources);
        }
        catch (Exception e) when (e is OperationCanceledException or RestoreException)
        {
            // Why the first one ended is told below; the others ended because of it.
        }
        finally
        {
            writer.TryComplete(first.Exception?.InnerException);
        }
    }

    private async Task ClusterAsync(ChannelWriter<RecoveryEvent> writer, CancellationToken ct)
    {
        // Also one that went before it was listed at all: nothing would tell of it any more.
        await foreach (var state in api.StatesAsync(ResourceTypes.Clusters, ns, ListSelector.Named(cluster), ct))
        {
            await writer.WriteAsync(state.TryGetValue(uid, out var ours) ? new RecoveryEvent.ClusterChanged(CnpgCluster.Read(ours)) : new RecoveryEvent.ClusterDeleted(), ct);
        }
    }

    private async Task EventsAsync(ChannelWriter<RecoveryEvent> writer, CancellationToken ct)
    {
        // Objects of a Cluster are named after it; one of an earlier Cluster may have been, too.
        var began = (await api.FindAsync(new ObjectReference(ResourceTypes.Clusters, ns, cluster), ct)).Time("metadata", "creationTimestamp") ?? DateTimeOffset.MinValue;
        await foreach (var change in api.WatchAsync(ResourceTypes.Events, ns, ListSelector.All, ct))
        {
            var told = ClusterEvent.Read(change.Object);
            var isOurs = told.AboutUid == uid || (told.About.Split(' ') is [not "Cluster", var name] && name.StartsWith($"{cluster}-", StringComparison.Ordinal) && told.LastSeen >= began);
            if (change.Type == WatchEventType.Deleted || !isOurs)
            {
                continue;
            }

            await writer.WriteAsync(new RecoveryEvent.Told(told), ct);
            if (told.Origin is { } origin && told.AboutUid == uid)
            {
                await writer.WriteAsync(new RecoveryEvent.Bootstrapping(origin, told.Message), ct);
            }
        }
    }

    private async Task JobsAsync(PodFollowing pods, ChannelWriter<RecoveryEvent> writer, CancellationToken ct)
    {
        var finished = new HashSet<string>();
        await foreach (var change in api.WatchAsync(ResourceTypes.Jobs, ns, CnpgNames.Of(cluster), ct))
        {
            var job = change.Object;
            if (job.Items("metadata", "ownerReferences").Any(owner => owner.Text("uid") == uid) && Finished(job) is { } seen && finished.Add(job.Text("metadata", "uid") ?? ""))
            {
                await pods.DrainAsync(job.Text("metadata", "name") ?? "", ct);
                await writer.WriteAsync(seen, ct);
            }
        }
    }

    private static RecoveryEvent? Finished(JsonObject job)
    {
        var name = job.Text("metadata", "name") ?? "";
        foreach (var condition in job.Items("status", "conditions").Where(condition => condition.Text("status") == "True"))
        {
            switch (condition.Text("type"))
            {
                case "Failed":
                    return new RecoveryEvent.JobFailed(name, condition.Text("message") ?? condition.Text("reason") ?? "");
                case "Complete":
                    return new RecoveryEvent.JobCompleted(name);
            }
        }

        return null;
    }
}
