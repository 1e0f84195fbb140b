using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Plans.Apps;
using CnpgRestore.Runs.Clusters;
using static System.FormattableString;

namespace CnpgRestore.Runs.Apps;

/// <summary>
/// Brings applications back to what their annotations say. The annotations go last, so that a run which was killed anywhere is finished by another.
/// </summary>
public sealed class AppsStartRun(KubernetesApi api, AppsStartPlan plan, Run run, TimeProvider clock)
{
    /// <summary>Flux reconciles at once when it is resumed; a Kustomization with health checks takes longer.</summary>
    private static readonly TimeSpan ReconcileTime = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // Looks after each other that find no copy of a note; and looks at all, where something brings it back each time.
    private const int QuietLooks = 2;
    private const int MostLooks = 20;

    private readonly List<string> _differences = [];
    private readonly List<string> _warnings = [];

    public async Task<AppsStartResult> RunAsync(CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        await run.StepAsync(plan.Start, StartAsync, ct);
        await run.StepAsync(
            plan.WaitReady,
            async (meter, token) =>
            {
                _differences.AddRange(await new AppReadiness(api, plan.Apps, plan.Timeout, clock).WaitAsync(meter, token));
                return _differences.Count == 0 ? "all are ready" : Invariant($"{_differences.Count} are not ready");
            },
            ct);
        if (plan.Owners.Count > 0)
        {
            await run.StepAsync(plan.ResumeGitOps, ResumeAsync, ct);
        }

        await run.StepAsync(plan.VerifyCounts, VerifyAsync, ct);
        await run.StepAsync(plan.Forget, ForgetAsync, ct);
        return new AppsStartResult(plan.Run, plan.Subject, plan.Apps, _differences, _warnings, clock.GetElapsedTime(start));
    }

    /// <summary>KEDA first, which would hold its target at 0, and what others connect through before them.</summary>
    private async Task<string> StartAsync(StepMeter meter, CancellationToken ct)
    {
        meter.TotalObjects = plan.Apps.Count;
        foreach (var app in plan.Apps.OrderBy(app => app.Method == StopMethod.Pause ? 0 : app.Reference.Type == ResourceTypes.Poolers ? 1 : 2))
        {
            try
            {
                await (app.Replicas is { } replicas
                    ? api.SetScaleAsync(app.Reference, replicas, ct)
                    : api.MergePatchAsync(app.Reference, StopChange.Restore(app.Method, app.Record.Before), WriteOptions.Default, ct));
            }
            catch (RestoreException e) when (e.IsMissing)
            {
                _differences.Add($"{app.Name} is gone; it had {app.Record.Before}");
            }

            meter.Add(1, 0);
        }

        return Invariant($"{plan.Apps.Count} are as they were noted");
    }

    private async Task<string> ResumeAsync(StepMeter meter, CancellationToken ct)
    {
        var again = $"cnpg-restore apps start {plan.Cluster} -n {plan.Namespace}";
        var gitOps = new GitOpsSwitch(api, plan.Owners, plan.Run, again, clock)
        {
            StoppedFor = plan.Subject,
            NeededElsewhere = token => new RunRecord(api).OwnersOfOthersAsync(plan.Namespace, plan.Cluster, token),
        };
        var outcome = await gitOps.ResumeAsync(ct);
        _warnings.AddRange(gitOps.Left.Select(owner => $"{owner} stays suspended until the run of another Cluster has ended, which needs it so; then: {again}"));
        var start = clock.GetTimestamp();
        foreach (var owner in plan.Owners)
        {
            if (await api.FindAsync(owner.ToReference(), ct) is { } held && GitOpsSuspension.StaysSuspendedFor(held) is { } cluster)
            {
                _warnings.Add($"{owner} stays suspended: cluster {cluster} runs otherwise than Git says; commit what its restore has told, then resume it");
            }

            // Argo CD does not tell which generation it has seen.
            while (owner.Kind != ResourceTypes.Applications.Kind && await api.FindAsync(owner.ToReference(), ct) is { } item && !GitOpsSuspension.IsSuspended(owner.ToReference().Type, item)
                && (item.Number("status", "observedGeneration") ?? 0) < item.Number("metadata", "generation"))
            {
                if (clock.GetElapsedTime(start) > ReconcileTime)
                {
                    _warnings.Add($"{owner} has not reconciled within {ReconcileTime.TotalSeconds:0} s of being resumed; the counts were verified before it did");
                    break;
                }

                meter.Note = $"waiting for {owner} to reconcile";
                await Task.Delay(Interval, clock, ct);
            }
        }

        return outcome;
    }

    /// <summary>GitOps writes what Git says; a chart that has not changed writes nothing, and brings nothing back.</summary>
    private async Task<string> VerifyAsync(StepMeter meter, CancellationToken ct)
    {
        var counted = 0;
        foreach (var app in plan.Apps.Where(app => app.Replicas is not null))
        {
            if (await api.FindAsync(app.Reference, ct) is null)
            {
                continue;
            }

            var now = (await api.GetScaleAsync(app.Reference, ct)).Number("spec", "replicas") ?? 0;
            // An autoscaler that works again may want more, and less down to its minimum.
            var isRight = app.Minimum > 0 ? now >= app.Minimum : now == app.Replicas;
            if (!isRight)
            {
                _differences.Add(Invariant($"{app.Name} has {now} replicas, and had {app.Record.Before}: something else sets it"));
            }

            counted++;
        }

        return Invariant($"{counted} counted");
    }

    private async Task<string> ForgetAsync(StepMeter meter, CancellationToken ct)
    {
        // From a copy taken away first, it would come back from its owner.
        foreach (var reference in plan.Apps.Select(app => app.Reference).Concat(plan.Copies))
        {
            await ForgetAsync(reference, ct);
        }

        // A busy controller copies later than the plan was made, and once more what it read before the note was taken away.
        string[] namespaces = [.. plan.Apps.Select(app => app.Reference.Namespace!).Distinct()];
        for (var (looks, quiet) = (0, 0); quiet < QuietLooks && looks < MostLooks; looks++)
        {
            var copies = await StoppedApps.CopiesAsync(api, plan.Subject, namespaces, ct);
            foreach (var reference in copies)
            {
                await ForgetAsync(reference, ct);
            }

            quiet = copies.Count == 0 ? quiet + 1 : 0;
            await Task.Delay(Interval, clock, ct);
        }

        return "the notes are removed";
    }

    private async Task ForgetAsync(ObjectReference reference, CancellationToken ct)
    {
        try
        {
            await api.MergePatchAsync(reference, StopRecord.Removal(), WriteOptions.Default, ct);
        }
        catch (RestoreException e) when (e.IsMissing)
        {
            // Its notes are gone with it.
        }
    }
}
