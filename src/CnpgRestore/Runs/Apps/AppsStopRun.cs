using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Plans.Apps;
using static System.FormattableString;

namespace CnpgRestore.Runs.Apps;

/// <summary>
/// Stops applications, and proves that nobody is connected. Each step asks the objects what is done already, so that a run which was killed anywhere
/// is finished by another, from this machine or any.
/// </summary>
public sealed class AppsStopRun(KubernetesApi api, AppsStopPlan plan, Run run, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Each workload is asked for: not as often as the pods, which come in one list.</summary>
    private const int RoundsBetweenLooks = 10;

    /// <summary>A backend sees only when it reads that its client is gone.</summary>
    private static readonly TimeSpan SessionsLinger = TimeSpan.FromSeconds(10);

    private readonly WorkloadStop _workloads = new(api, plan);
    private int _terminated;

    private string Again => $"cnpg-restore apps stop {plan.Found.Cluster} -n {plan.Found.Namespace}";

    /// <exception cref="RestoreException">Exit 20: pods are still there after the time for it, or something was brought back.</exception>
    public async Task<AppsStopResult> RunAsync(CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var gitOps = new GitOpsSwitch(api, plan.Owners, plan.Run, Again, clock) { StoppedFor = plan.Subject };
        if (plan.Owners.Count > 0)
        {
            await run.StepAsync(plan.SuspendGitOps, (_, token) => gitOps.SuspendAsync(token), ct);
        }

        await run.StepAsync(plan.Record, _workloads.RecordAsync, ct);
        await run.StepAsync(
            plan.Stop,
            async (meter, token) =>
            {
                await gitOps.DemandSuspendedAsync(token);
                return await _workloads.StopAsync(meter, token);
            },
            ct);
        await run.StepAsync(plan.WaitPods, WaitAsync, ct);
        await gitOps.DemandSuspendedAsync(ct);
        IReadOnlyList<ClusterSession> left = [];
        await run.StepAsync(
            plan.ProveNoSessions,
            async (meter, token) =>
            {
                var sessions = new ClusterSessions(api, plan.Found.Namespace, plan.Found.Cluster);
                left = await LeftAsync(sessions, meter, token);
                return left.Count > 0 ? Invariant($"{left.Sum(session => session.Count)} sessions are left")
                    : sessions.Instances == 0 ? "nobody is connected: no instance runs" : Invariant($"nobody is connected, instances asked: {sessions.Instances}");
            },
            ct);
        var stopped = await StoppedApps.FindAsync(api, plan.Found.Namespace, plan.Found.Cluster, [.. plan.Targets.Select(target => target.Reference.Namespace!).Distinct()], ct);
        return new AppsStopResult(plan.Run, plan.Subject, stopped.Apps, _terminated, left, clock.GetElapsedTime(start));
    }

    private async Task<string> WaitAsync(StepMeter meter, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var pods = await AppPods.OfAsync(api, plan.Awaited, ct);
        for (var round = 1; ; round++)
        {
            var left = await pods.ListAsync(ct);
            var isLook = left.Count == 0 || round % RoundsBetweenLooks == 0;
            if (isLook && await _workloads.RevivedAsync(ct) is { Count: > 0 } revived)
            {
                throw new RestoreException(
                    ProblemCode.Stopped, $"{string.Join(", ", revived)} was brought back while it was being stopped", "an autoscaler, GitOps or a person has set it again", $"find out who, then: {Again}");
            }

            if (left.Count == 0)
            {
                return "no pod is left";
            }

            var names = string.Join(", ", left.Take(4).Select(entry => $"pod {entry.Pod.Text("metadata", "name")} of {AppName.Of(entry.App)}"));
            meter.Note = Invariant($"waiting for {names}{(left.Count > 4 ? $" and {left.Count - 4} more" : "")}");
            if (clock.GetElapsedTime(start) > plan.Timeout)
            {
                throw new RestoreException(
                    ProblemCode.Stopped,
                    Invariant($"{left.Count} pods are still there after {plan.Timeout.TotalSeconds:0} s: {names}"),
                    "a Job that runs comes to its end by itself; a pod may have a long terminationGracePeriodSeconds, or its node may be gone",
                    $"{Again} --timeout 1h, or leave one alone with --remove");
            }

            await Task.Delay(Interval, clock, ct);
        }
    }

    private async Task<IReadOnlyList<ClusterSession>> LeftAsync(ClusterSessions sessions, StepMeter meter, CancellationToken ct)
    {
        var left = await LingerAsync(sessions, meter, ct);
        if (left.Count > 0 && plan.Terminate)
        {
            _terminated = await sessions.TerminateAsync(ct);
            left = await LingerAsync(sessions, meter, ct);
        }

        return left;
    }

    private async Task<IReadOnlyList<ClusterSession>> LingerAsync(ClusterSessions sessions, StepMeter meter, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            var left = await sessions.ListAsync(ct);
            if (left.Count == 0 || clock.GetElapsedTime(start) > SessionsLinger)
            {
                return left;
            }

            meter.Note = left[0].What;
            await Task.Delay(Interval, clock, ct);
        }
    }
}
