using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Kubernetes.Workloads;
using static System.FormattableString;

namespace CnpgRestore.Runs.Apps;

/// <summary>Waits until started applications are ready, and says why one is not.</summary>
sealed class AppReadiness(KubernetesApi api, IReadOnlyList<StoppedApp> apps, TimeSpan timeout, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <returns>What is not ready in time, each with the reason that its pods give.</returns>
    public async Task<IReadOnlyList<string>> WaitAsync(StepMeter meter, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var waiting = apps.Where(app => app is { Method: StopMethod.Unschedule } or { Replicas: > 0 }).ToList();
        meter.TotalObjects = waiting.Count;
        while (true)
        {
            foreach (var app in waiting.ToList())
            {
                if (await IsReadyAsync(app, ct))
                {
                    waiting.Remove(app);
                    meter.Add(1, 0);
                }
            }

            if (waiting.Count == 0 || clock.GetElapsedTime(start) > timeout)
            {
                return await ReasonsAsync(waiting, ct);
            }

            meter.Note = $"waiting for {string.Join(", ", waiting.Take(4).Select(app => app.Name))}";
            await Task.Delay(Interval, clock, ct);
        }
    }

    /// <summary>As the controllers tell it (Kubernetes, apps/v1); of any other kind, that the pods are there.</summary>
    private async Task<bool> IsReadyAsync(StoppedApp app, CancellationToken ct)
    {
        if (await api.FindAsync(app.Reference, ct) is not { } item)
        {
            return true;
        }

        var isSeen = (item.Number("status", "observedGeneration") ?? 0) >= (item.Number("metadata", "generation") ?? 0);
        return app.Reference.Type.Kind switch
        {
            "Deployment" or "StatefulSet" or "ReplicaSet" => isSeen && (item.Number("status", "readyReplicas") ?? 0) >= app.Replicas,
            "DaemonSet" => isSeen && item.Number("status", "numberReady") == item.Number("status", "desiredNumberScheduled"),
            _ => ((await api.GetScaleAsync(app.Reference, ct)).Number("status", "replicas") ?? 0) >= app.Replicas,
        };
    }

    private async Task<IReadOnlyList<string>> ReasonsAsync(IReadOnlyList<StoppedApp> waiting, CancellationToken ct)
    {
        var pods = await (await AppPods.OfAsync(api, [.. waiting.Select(app => app.Reference)], ct)).ListAsync(ct);
        return [.. waiting.Select(app => $"{app.Name} is not ready: {Reason(app, [.. pods.Where(entry => entry.App == app.Reference).Select(entry => entry.Pod)])}")];
    }

    private static string Reason(StoppedApp app, IReadOnlyList<JsonObject> pods)
    {
        var troubles = pods.SelectMany(pod => PodStatus.Troubles(pod).Concat(Unready(pod)).Take(1).Select(trouble => $"pod {pod.Text("metadata", "name")}: {trouble}")).ToList();
        return troubles.Count > 0
            ? string.Join("; ", troubles.Take(3))
            : Invariant($"{pods.Count} of {app.Replicas} pods are there; kubectl describe {app.Reference.Type.Word} -n {app.Reference.Namespace} {app.Reference.Name}");
    }

    private static IEnumerable<string> Unready(JsonObject pod) => pod.Items("status", "containerStatuses")
        .Where(status => status.Flag("ready") != true)
        .Select(status => status.At("state", "running") is not null
            ? $"container {status.Text("name")} runs and its readiness probe does not succeed"
            : $"container {status.Text("name")} does not run: {status.Text("state", "waiting", "reason") ?? status.Text("state", "terminated", "reason")}");
}
