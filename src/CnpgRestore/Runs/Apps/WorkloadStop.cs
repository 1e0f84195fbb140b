using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Plans.Apps;
using static System.FormattableString;

namespace CnpgRestore.Runs.Apps;

/// <summary>
/// Notes on each workload what it is, then stops it. A note that is there stays: what an unfinished stop has noted is the truth, and the 0 that is
/// found now is its doing.
/// </summary>
sealed class WorkloadStop(KubernetesApi api, AppsStopPlan plan)
{
    /// <summary>Controllers write status between our reading and our writing.</summary>
    private const int MostConflicts = 10;

    public async Task<string> RecordAsync(StepMeter meter, CancellationToken ct)
    {
        var noted = 0;
        meter.TotalObjects = plan.Targets.Count;
        foreach (var (reference, method) in plan.Targets)
        {
            noted += await RecordAsync(reference, method, ct) ? 1 : 0;
            meter.Add(1, 0);
        }

        return Invariant($"{noted} noted, {plan.Targets.Count - noted} were noted, stopped or gone before");
    }

    /// <summary>Autoscalers first, so that nobody scales up what was scaled down.</summary>
    public async Task<string> StopAsync(StepMeter meter, CancellationToken ct)
    {
        meter.TotalObjects = plan.Targets.Count;
        foreach (var (reference, method) in plan.Targets)
        {
            // Without a note it was stopped before, and is none of ours.
            if (StopRecord.Of(await api.FindAsync(reference, ct)) is { } record && record.Cluster == plan.Subject)
            {
                await (method == StopMethod.Scale ? api.SetScaleAsync(reference, 0, ct) : api.MergePatchAsync(reference, StopChange.Stop(method), WriteOptions.Default, ct));
            }

            meter.Add(1, 0);
        }

        return Invariant($"{plan.Targets.Count} stopped");
    }

    /// <summary>What runs again although it was stopped.</summary>
    public async Task<IReadOnlyList<string>> RevivedAsync(CancellationToken ct)
    {
        var revived = new List<string>();
        foreach (var (reference, method) in plan.Targets)
        {
            if (await api.FindAsync(reference, ct) is not { } item)
            {
                continue;
            }

            var isStopped = method == StopMethod.Scale ? (await api.GetScaleAsync(reference, ct)).Number("spec", "replicas") is 0 or null : StopChange.IsStopped(method, item);
            if (!isStopped)
            {
                var writer = item.Items("metadata", "managedFields").LastOrDefault(entry => entry.Text("manager") != WriteOptions.Default.FieldManager).Text("manager");
                revived.Add(writer is null ? AppName.Of(reference).ToString() : $"{AppName.Of(reference)} (last written by {writer})");
            }
        }

        return revived;
    }

    private async Task<bool> RecordAsync(ObjectReference reference, StopMethod method, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await api.FindAsync(reference, ct) is not { } item)
            {
                return false;
            }

            if (StopRecord.Of(item) is { } record)
            {
                return record.Cluster == plan.Subject ? false : throw new RestoreException(
                    ProblemCode.Stopped, $"{AppName.Of(reference)} is stopped for cluster {record.Cluster} meanwhile", $"run {record.Run} was quicker", "run the same command again; it looks at the new state");
            }

            // The count and the version that it is noted at are of one moment.
            var (before, version) = method == StopMethod.Scale ? Counted(await api.GetScaleAsync(reference, ct)) : (StopChange.Before(method, item), VersionOf(item));
            if (before == "0" || (method != StopMethod.Scale && StopChange.IsStopped(method, item)))
            {
                return false;
            }

            try
            {
                await api.MergePatchAsync(reference, new StopRecord(plan.Run, plan.Subject, before).Patch(version), WriteOptions.Default, ct);
                return true;
            }
            catch (RestoreException e) when (e.IsConflict && attempt < MostConflicts)
            {
                // Read again, decide again.
            }
        }
    }

    private static (string Before, string? Version) Counted(JsonObject scale) => (Invariant($"{scale.Number("spec", "replicas") ?? 0}"), VersionOf(scale));

    private static string? VersionOf(JsonObject item) => item.Text("metadata", "resourceVersion");
}
