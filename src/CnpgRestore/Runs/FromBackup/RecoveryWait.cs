using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.FromBackup;
using static System.FormattableString;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>
/// Watches a recovery until the cluster is healthy. A failure is told when the first container says it, not when the operator gives up, which older
/// ones never do.
/// </summary>
sealed class RecoveryWait(KubernetesApi api, FromBackupDecision decision, IRunObserver observer, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly RecoveryLogs _logs = new(api, decision, observer);
    private readonly ConcurrentDictionary<string, byte> _events = new(StringComparer.Ordinal);
    private bool _isFromBackup;

    private ObjectReference Reference => new(ResourceTypes.Clusters, decision.Namespace, decision.Cluster);

    /// <param name="segments">Segments that the replay will read, 0 where that is not known.</param>
    public async Task<string> WaitAsync(StepMeter meter, long segments, CancellationToken ct)
    {
        (meter.Unit, meter.TotalObjects) = ("WAL segments", segments);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            while (true)
            {
                var live = await api.FindAsync(Reference, ct) ?? throw new RestoreException(
                    ProblemCode.Stopped, $"{Reference} was deleted during its recovery", null, $"cnpg-restore runs resume {decision.Run} -n {decision.Namespace}");
                var cluster = CnpgCluster.Read(live);
                await ReadEventsAsync(cluster, ct);
                await _logs.FollowAsync(meter, reading.Token, ct);
                ThrowKnownFailure();
                if (cluster.IsHealthy)
                {
                    return _isFromBackup
                        ? Invariant($"healthy, from physical backup; {_logs.Segments} WAL segments replayed")
                        : Invariant($"healthy; {_logs.Segments} WAL segments seen");
                }

                await ThrowIfStuckAsync(cluster, ct);
                meter.Note = _logs.Phase ?? (cluster.Phase.Length > 0 ? cluster.Phase : "waiting for the operator");
                await Task.Delay(Interval, clock, ct);
            }
        }
        finally
        {
            await reading.CancelAsync();
            await _logs.EndAsync();
        }
    }

    /// <summary>The operator's event says which bootstrap it really does; the manifest alone does not.</summary>
    private async Task ReadEventsAsync(CnpgCluster cluster, CancellationToken ct)
    {
        await foreach (var item in api.ListAsync(ResourceTypes.Events, decision.Namespace, new ListSelector(Fields: $"involvedObject.uid={cluster.Uid}"), ct))
        {
            if (!_events.TryAdd(item.Text("metadata", "uid") ?? "", 0))
            {
                continue;
            }

            var (reason, message) = (item.Text("reason"), item.Text("message") ?? "");
            observer.OnDetail($"event {reason}: {message}");
            if (reason != "CreatingInstance")
            {
                continue;
            }

            _isFromBackup |= message.Contains("from physical backup", StringComparison.Ordinal);
            if (message.Contains("(initdb)", StringComparison.Ordinal))
            {
                throw new RestoreException(
                    ProblemCode.Stopped,
                    $"{Reference} is being made new and empty (initdb), not from the backup",
                    $"the operator's event says '{message}'; GitOps has created it with its own bootstrap, or the manifest holds both",
                    $"suspend what creates it and delete it, then: cnpg-restore runs resume {decision.Run} -n {decision.Namespace}");
            }
        }
    }

    private void ThrowKnownFailure()
    {
        if (_logs.Failure is { IsFinal: true } failure)
        {
            throw Failed(failure.Code == ProblemCode.Refused ? ProblemCode.Stopped : failure.Code, failure.Cause, _logs.FailureLine!, failure.Hint);
        }
    }

    private async Task ThrowIfStuckAsync(CnpgCluster cluster, CancellationToken ct)
    {
        if (ClusterPhase.IsStuck(cluster.Phase))
        {
            throw Failed(ProblemCode.Stopped, cluster.Phase, $"{cluster.PhaseReason}; {_logs.LastError ?? "no container wrote an error"}", null);
        }

        var job = await api.FindAsync(new ObjectReference(ResourceTypes.Jobs, decision.Namespace, CnpgNames.RecoveryJob(decision.Cluster)), ct);
        if (job.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Failed" && condition.Text("status") == "True") is JsonNode failed)
        {
            throw Failed(
                ProblemCode.Stopped,
                $"the recovery Job {CnpgNames.RecoveryJob(decision.Cluster)} has failed for good",
                $"{failed.Text("message")}; {_logs.LastError ?? "no container wrote an error"}",
                $"kubectl logs -n {decision.Namespace} --all-containers -l job-name={CnpgNames.RecoveryJob(decision.Cluster)}");
        }
    }

    private RestoreException Failed(ProblemCode code, string message, string detail, string? hint) => new(
        code,
        $"the recovery of {decision.Cluster} failed: {message}",
        detail,
        (hint ?? $"cnpg-restore runs show {decision.Run}").Replace("CLUSTER", decision.Cluster, StringComparison.Ordinal).Replace("SOURCE", decision.Source, StringComparison.Ordinal));
}
