using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Clusters;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Backups;

/// <summary>Takes the base backup that a Backup asks for, in the instance's pod, and reports (internal/controller/backup_controller.go).</summary>
sealed class BackupReconciler(KubernetesApi api, ClusterResources resources, InstanceStatus instances, TimeProvider clock)
{
    private readonly ClusterEvents _events = new(api, clock);

    public async Task ReconcileAsync(JsonObject backup, CancellationToken ct)
    {
        if (backup.IsBeingDeleted || backup.Text("status", "phase") is "completed" or "failed")
        {
            return;
        }

        var status = new StatusDraft(ResourceType.Backups, backup, clock);
        var name = backup.Text("spec", "cluster", "name") ?? "";
        if (resources.Clusters.Find(backup.Namespace, name) is not { } cluster)
        {
            Pend(status, $"Unknown cluster {name}");
        }
        else if (resources.Read(cluster) is var spec && Refusal(backup, spec) is { } refusal)
        {
            status["phase"] = "failed";
            status["error"] = refusal;
        }
        else if (resources.Pods.Find(spec.Namespace, spec.InstanceName) is not { } pod || !InstanceStatus.IsReady(pod))
        {
            Pend(status, "No instance is ready");
        }
        else
        {
            await TakeAsync(backup, spec, pod, status, ct);
        }

        await status.SaveAsync(api, ct);
    }

    private static string? Refusal(JsonObject backup, ClusterSpec spec)
    {
        var isPlugin = backup.Text("spec", "method") == "plugin";
        return (spec.Destination, isPlugin) switch
        {
            ({ IsPlugin: false }, false) or ({ IsPlugin: true }, true) => null,
            (_, true) => "cannot proceed with the backup as the cluster has no plugin configured",
            (_, false) => "no barmanObjectStore section defined on the target cluster",
        };
    }

    private static void Pend(StatusDraft status, string reason)
    {
        status["phase"] = "pending";
        status["error"] = reason;
    }

    private async Task TakeAsync(JsonObject backup, ClusterSpec spec, JsonObject pod, StatusDraft status, CancellationToken ct)
    {
        // Two Backups of one name, one after the other, are two backups.
        var key = $"{backup.Name}-{backup.Uid}";
        var isNew = status["startedAt"] is null;
        var report = isNew ? await instances.BeginBackupAsync(pod, key, ct) : await instances.BackupAsync(pod, key, ct);
        if (report is null)
        {
            return;
        }

        if (isNew)
        {
            Describe(backup, spec, pod, status);
        }

        foreach (var field in (string[])["phase", "error", "backupName", "backupId", "beginWal", "endWal", "beginLSN", "endLSN", "startedAt", "stoppedAt"])
        {
            status[field] = report.Copy(field) ?? status[field]?.DeepClone();
        }

        if (report.Text("phase") == "completed" && spec.Destination is { IsPlugin: true })
        {
            status["pluginMetadata"] = new JsonObject
            {
                ["timeline"] = report.Text("timeline"),
                ["clusterUID"] = spec.Cluster.Uid,
                ["pluginName"] = ClusterSpec.PluginName,
            };
        }

        await new BackupConsequences(api, resources, clock).WriteAsync(spec, report, ct);
        var phase = report.Text("phase");
        if (isNew || phase is "completed" or "failed")
        {
            var (reason, message) = phase switch
            {
                "completed" => ("Completed", "Backup completed"),
                "failed" => ("Failed", "Backup failed"),
                _ => ("Starting", "Backup started"),
            };
            await _events.RecordAsync(backup, reason, message, ct);
        }
    }

    private void Describe(JsonObject backup, ClusterSpec spec, JsonObject pod, StatusDraft status)
    {
        var destination = spec.Destination!;
        status["error"] = null;
        status["method"] = backup.Text("spec", "method") ?? "barmanObjectStore";
        status["startedAt"] = StatusDraft.Timestamp(clock);
        status["majorVersion"] = spec.Major;
        status["instanceID"] = new JsonObject
        {
            ["podName"] = pod.Name,
            ["ContainerID"] = pod.Items("status", "containerStatuses").FirstOrDefault().Text("containerID"),
        };
        if (!destination.IsPlugin)
        {
            status["serverName"] = destination.ServerName;
            foreach (var field in (string[])["destinationPath", "endpointURL", "endpointCA", "s3Credentials"])
            {
                status[field] = destination.Configuration.Copy(field) ?? status[field]?.DeepClone();
            }
        }
    }
}
