namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>Decides how an application is stopped.</summary>
sealed class AppReading(KubernetesApi api, WorkloadTree tree, AppScope scope, string home)
{
    public async Task<App> ReadAsync(Workload workload, IReadOnlyList<AppReason> reasons, IReadOnlyList<Autoscaler> autoscalers, int sessions, CancellationToken ct)
    {
        var reference = workload.Reference;
        var (method, obstacle) = await MethodAsync(workload, ct);
        return new App
        {
            Reference = reference,
            Method = method,
            Obstacle = obstacle,
            Replicas = method == StopMethod.Scale ? await ReplicasAsync(workload, ct) : null,
            Pods = tree.PodsOf(workload),
            Sessions = sessions,
            Reasons = reasons,
            Autoscalers = [.. autoscalers.Where(scaler => scaler.Scales(reference))],
            Stopped = StopRecord.Of(workload.Object),
            Object = workload.Object,
        };
    }

    private async Task<(StopMethod Method, string? Obstacle)> MethodAsync(Workload workload, CancellationToken ct) => workload.Kind switch
    {
        "CronJob" => (StopMethod.Suspend, null),
        "Job" => (StopMethod.Wait, null),
        "DaemonSet" when scope.Added.Any(name => name.Names(workload.Reference, home)) || StopRecord.Of(workload.Object) is not null => (StopMethod.Unschedule, null),
        "DaemonSet" => (StopMethod.None, $"a DaemonSet has no number of replicas; --add {AppName.Of(workload.Reference)} takes its pods from the nodes"),
        "Pod" => (StopMethod.None, "a bare pod: nothing would bring it back"),
        "Cluster" => (StopMethod.None, "another Cluster, which replicates or imports"),
        _ when await api.HasScaleAsync(workload.Reference.Type, ct) => (StopMethod.Scale, null),
        _ => (StopMethod.None, $"a {workload.Kind} has no number of replicas"),
    };

    /// <summary>Most keep it in the same field; who does not is asked.</summary>
    private async Task<int> ReplicasAsync(Workload workload, CancellationToken ct) => workload.Kind switch
    {
        "Deployment" or "StatefulSet" or "ReplicaSet" => workload.Object.Number("spec", "replicas") ?? 1,
        "Pooler" => workload.Object.Number("spec", "instances") ?? 1,
        _ => (await api.GetScaleAsync(workload.Reference, ct)).Number("spec", "replicas") ?? 0,
    };
}
