using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using static System.FormattableString;

namespace CnpgRestore.Runs.Clusters;

/// <summary>
/// Waits until the new cluster is healthy. A failure is told when the first container says it, not when the operator gives up, which older
/// ones never do.
/// </summary>
/// <param name="earlierAttempts">Pods of an earlier wait. What they fail with may be mended: the next attempt of the Job tells.</param>
sealed class RecoveryWait(KubernetesApi api, ClusterDecision decision, IReadOnlySet<string> earlierAttempts, IRunObserver observer, TimeProvider clock)
{
    /// <summary>Between two looks at the phase, which tells nothing new by staying as it is.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _failedBefore = [];
    private string? _lastError;
    private bool _isAsDecided;
    private int _segments;

    public async Task<string> WaitAsync(StepMeter meter, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<string> watching = FollowAsync(meter, stop.Token), looking = LookAsync(stop.Token);
        var first = await Task.WhenAny(watching, looking);
        await stop.CancelAsync();
        try
        {
            await Task.WhenAll(watching, looking);
        }
        catch (Exception e) when (e is OperationCanceledException or RestoreException)
        {
            // How the first one ended counts; the other ended because of it.
        }

        return await first;
    }

    /// <summary>A phase in which the operator makes nothing is warned of, and ends the wait where it stays and nothing is under way.</summary>
    private async Task<string> LookAsync(CancellationToken ct)
    {
        var patience = new PhasePatience(clock);
        var told = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            // Whoever follows the Cluster tells that it is gone, or unrecoverable.
            var cluster = await api.FindAsync(decision.Reference, ct) is { } live ? CnpgCluster.Read(live) : null;
            var phase = cluster is not null && ClusterPhase.IsStuck(cluster.Phase) && cluster.Phase != ClusterPhase.Unrecoverable ? cluster.Phase : "";
            var isAlive = phase.Length > 0 && (await BootstrapAttempts.ReadAsync(api, decision, ct)).IsAlive;
            if (patience.IsOver(phase, isAlive))
            {
                throw Failed(
                    phase,
                    $"{cluster!.PhaseReason}; {_lastError ?? "no container wrote an error"}",
                    ClusterPhase.IsRetried(phase) ? $"fix what it names, or the Cluster itself: kubectl edit cluster -n {decision.Namespace} {decision.Cluster}" : null);
            }

            if (phase.Length > 0 && told.Add(phase))
            {
                var goesOn = isAlive ? $"the {decision.Word} that runs goes on" : Invariant($"the operator tries again, for which {PhasePatience.Longest.TotalMinutes} minutes are waited");
                observer.OnWarning($"{decision.Reference}: {phase}: {cluster!.PhaseReason}; {goesOn}");
            }

            await Task.Delay(Interval, clock, ct);
        }
    }

    private async Task<string> FollowAsync(StepMeter meter, CancellationToken ct)
    {
        (meter.Unit, meter.TotalObjects, meter.Note) = ("WAL segments", decision.SegmentCount, "waiting for the operator");
        var uid = (await api.FindAsync(decision.Reference, ct) ?? throw Deleted()).Text("metadata", "uid")!;
        var watch = new RecoveryWatch(api, decision.Namespace, decision.Cluster, uid, expectedSegments: null);
        await foreach (var seen in watch.RunAsync(ct))
        {
            if (Take(seen, meter))
            {
                return decision.Bootstrap == BootstrapMethod.Initdb ? $"healthy{(_isAsDecided ? ", made new as the operator says" : "")}"
                    : Invariant($"healthy{(_isAsDecided ? ", from backup as the operator says" : "")}; {Counted.Of(_segments, "WAL segment")} replayed");
            }
        }

        throw new OperationCanceledException(ct);
    }

    /// <returns>Whether the cluster is healthy.</returns>
    private bool Take(RecoveryEvent seen, StepMeter meter)
    {
        switch (seen)
        {
            case RecoveryEvent.ClusterDeleted:
                throw Deleted();
            case RecoveryEvent.Bootstrapping bootstrapping:
                TakeOrigin(bootstrapping);
                break;
            case RecoveryEvent.FailureRecognized failure when earlierAttempts.Contains(failure.Pod):
                if (_failedBefore.Add(failure.Pod))
                {
                    observer.OnWarning($"{failure.Pod}, which began earlier, has failed: {failure.Problem.Message}; the next attempt of its Job is waited for");
                }

                break;
            case RecoveryEvent.FailureRecognized failure:
                throw Failed(failure.Problem.Message, $"{failure.Pod}/{failure.Container}: {failure.Problem.Detail}", failure.Problem.Hint);
            case RecoveryEvent.JobFailed job:
                throw Failed(
                    $"the Job {job.Job} has made its last attempt",
                    $"{job.Reason}; {_lastError ?? "no container wrote an error"}",
                    $"kubectl logs -n {decision.Namespace} --all-containers -l job-name={job.Job}");
            case RecoveryEvent.ClusterChanged { Cluster: var cluster }:
                if (cluster.Phase == ClusterPhase.Unrecoverable)
                {
                    throw Failed(cluster.Phase, $"{cluster.PhaseReason}; {_lastError ?? "no container wrote an error"}", null);
                }

                return cluster.IsHealthy;
            default:
                Show(seen, meter);
                break;
        }

        return false;
    }

    private void TakeOrigin(RecoveryEvent.Bootstrapping bootstrapping)
    {
        _isAsDecided = bootstrapping.Origin == BootstrapOrigin.Initdb == (decision.Bootstrap == BootstrapMethod.Initdb);
        if (!_isAsDecided)
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                decision.Bootstrap == BootstrapMethod.Initdb ? $"{decision.Reference} is being made from a backup, not new" : $"{decision.Reference} is being made new and empty (initdb), not from the backup",
                $"the operator's event says '{bootstrapping.Message}'; GitOps has created it with its own bootstrap, or the manifest holds both",
                $"suspend what creates it and delete it, then: {decision.ResumeCommand}");
        }
    }

    private void Show(RecoveryEvent seen, StepMeter meter)
    {
        switch (seen)
        {
            case RecoveryEvent.Line line:
                observer.OnDetail($"{line.Pod}/{line.Container}: {line.Record.Text}");
                _lastError = line.Record.Level == "error" || line.Record.Severity is "ERROR" or "FATAL" or "PANIC" ? line.Record.Text : _lastError;
                break;
            case RecoveryEvent.Told told:
                observer.OnDetail($"{told.Event.About}: {told.Event.Reason}: {told.Event.Message}");
                break;
            case RecoveryEvent.AttemptStarted { Number: > 1 } attempt:
                observer.OnWarning(Invariant($"attempt {attempt.Number} of the {decision.Word} begins; the last error was: {_lastError ?? "not written"}"));
                _segments = 0;
                break;
            case RecoveryEvent.PodStuck stuck:
                observer.OnWarning($"pod {stuck.Pod}: {stuck.Why}");
                break;
            case RecoveryEvent.LogLost lost:
                observer.OnWarning($"the log of {lost.Pod}/{lost.Container} cannot be read any more: {lost.Problem.Message}");
                break;
            case RecoveryEvent.BackupChosen chosen:
                meter.Note = $"base backup {chosen.BackupId}";
                break;
            case RecoveryEvent.BaseRestoreStarted:
                meter.Note = "restoring the base backup";
                break;
            case RecoveryEvent.BaseRestored:
                meter.Note = "base backup restored";
                break;
            case RecoveryEvent.SegmentRestored restored:
                meter.Add(restored.Number - _segments, 0);
                _segments = restored.Number;
                // The former cluster archives once more when it stops, after the plan was made.
                meter.TotalObjects = Math.Max(meter.TotalObjects, _segments);
                meter.Note = $"replaying {restored.Segment}";
                break;
            case RecoveryEvent.RedoDone redo:
                meter.Note = $"replayed to {redo.Lsn}";
                break;
            case RecoveryEvent.JobCompleted:
                meter.Note = "made; the instance starts";
                break;
        }
    }

    private RestoreException Deleted() => new(
        ProblemCode.Stopped, $"{decision.Reference} was deleted during its {decision.Word}", "somebody else, or GitOps, has removed it", decision.ResumeCommand);

    /// <summary>Always resumable: mended what stops it, the same run creates the cluster again.</summary>
    private RestoreException Failed(string message, string detail, string? hint) => new(
        ProblemCode.Stopped,
        $"the {decision.Word} of {decision.Cluster} failed: {message}",
        detail,
        $"{(hint is null ? "" : $"{hint}; then: ")}{decision.ResumeCommand}, or {decision.Command} {decision.Cluster} with another choice");
}
