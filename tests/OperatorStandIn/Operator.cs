using System.Net;
using System.Threading.Channels;
using CnpgRestore.OperatorStandIn.Backups;
using CnpgRestore.OperatorStandIn.Clusters;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn;

/// <summary>The control loop: after every change, and four times a second, each Cluster and each Backup is looked at once.</summary>
sealed class Operator(KubernetesApi api, OperatorOptions options, TimeProvider clock)
{
    // A look asks the API server for nothing that the watches tell; only a running Backup asks its pod each time.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ClusterResources _resources = new(api);
    private readonly Dictionary<string, string> _complaints = [];
    // However many changes come during a pass, one more pass sees them all.
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(_resources.RunAsync(Changed, clock, ct), LoopAsync(ct), TickAsync(ct));

    private void Changed() => _changes.Writer.TryWrite(true);

    private async Task TickAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            Changed();
        }
    }

    private async Task LoopAsync(CancellationToken ct)
    {
        using var instances = new InstanceStatus(clock);
        var clusters = new ClusterReconciler(api, _resources, instances, options, clock);
        var backups = new BackupReconciler(api, _resources, instances, clock);
        await foreach (var _ in _changes.Reader.ReadAllAsync(ct))
        {
            await instances.AskAsync(_resources.Pods.All, ct);
            foreach (var cluster in _resources.Clusters.All)
            {
                await AttemptAsync(() => clusters.ReconcileAsync(cluster, ct), $"Cluster {cluster.Namespace}/{cluster.Name}");
            }

            foreach (var backup in _resources.Backups.All)
            {
                await AttemptAsync(() => backups.ReconcileAsync(backup, ct), $"Backup {backup.Namespace}/{backup.Name}");
            }
        }
    }

    /// <summary>What the API refuses now, say in a namespace that is being deleted, is tried again in the next pass.</summary>
    private async Task AttemptAsync(Func<Task> reconcile, string subject)
    {
        try
        {
            await reconcile();
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.Conflict)
        {
            // The object has changed since the watch told of it; the watch will tell again.
        }
        catch (Exception e) when (e is ApiException or HttpRequestException)
        {
            if (_complaints.GetValueOrDefault(subject) != e.Message)
            {
                _complaints[subject] = e.Message;
                await Console.Error.WriteLineAsync($"{subject}: {e.Message}");
            }
        }
    }
}
