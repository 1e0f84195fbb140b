using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Clusters;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Backups;

/// <summary>What a backup changes elsewhere: the Cluster's condition and times, the ObjectStore's window, Backups that the bucket has no more.</summary>
sealed class BackupConsequences(KubernetesApi api, ClusterResources resources, TimeProvider clock)
{
    /// <param name="report">Of the instance manager.</param>
    public async Task WriteAsync(ClusterSpec spec, JsonObject report, CancellationToken ct)
    {
        // The pass over the Clusters has just written; its changes must not be undone with what the cache still holds.
        if (await api.FindAsync(ResourceType.Clusters.Path(spec.Namespace, spec.Name), ct) is not { } cluster)
        {
            return;
        }

        var status = new StatusDraft(ResourceType.Clusters, cluster, clock);
        switch (report.Text("phase"))
        {
            case "completed":
                status.Condition("LastBackupSucceeded", holds: true, "LastBackupSucceeded", "Backup was successful");
                await WriteTimesAsync(spec, report, status, ct);
                break;
            case "failed":
                status.Condition("LastBackupSucceeded", holds: false, "LastBackupFailed", report.Text("error") ?? "");
                status["lastFailedBackup"] = StatusDraft.Timestamp(clock);
                break;
            default:
                status.Condition("LastBackupSucceeded", holds: false, "BackupStarted", "New Backup starting up");
                break;
        }

        await status.SaveAsync(api, ct);
    }

    private async Task WriteTimesAsync(ClusterSpec spec, JsonObject report, StatusDraft status, CancellationToken ct)
    {
        var first = report.Text("firstRecoverabilityPoint");
        var last = report.Text("stoppedAt");
        if (spec.Destination is { IsPlugin: true })
        {
            await WriteWindowAsync(spec, first, last, ct);
            return;
        }

        status["firstRecoverabilityPoint"] = first;
        status["firstRecoverabilityPointByMethod"] = new JsonObject { ["barmanObjectStore"] = first };
        status["lastSuccessfulBackup"] = last;
        status["lastSuccessfulBackupByMethod"] = new JsonObject { ["barmanObjectStore"] = last };
        await DeleteLostAsync(spec, [.. report.Items("catalog").Select(id => id.Text())], ct);
    }

    private Task WriteWindowAsync(ClusterSpec spec, string? first, string? last, CancellationToken ct)
    {
        var name = spec.Cluster.Items("spec", "plugins").First(plugin => plugin.Text("name") == ClusterSpec.PluginName).Text("parameters", "barmanObjectName")!;
        var window = new JsonObject { ["firstRecoverabilityPoint"] = first, ["lastSuccessfulBackupTime"] = last };
        var status = new JsonObject { ["serverRecoveryWindow"] = new JsonObject { [spec.Destination!.ServerName] = window } };
        return api.MergePatchAsync($"{ResourceType.ObjectStores.Path(spec.Namespace, name)}/status", new JsonObject { ["status"] = status }, ct);
    }

    /// <summary>Completed Backups of this cluster and this folder whose base backup is no longer in the bucket.</summary>
    private async Task DeleteLostAsync(ClusterSpec spec, HashSet<string?> present, CancellationToken ct)
    {
        var destination = spec.Destination!;
        var lost = resources.Backups.In(spec.Namespace).Where(backup => backup.Text("spec", "cluster", "name") == spec.Name
            && backup.Text("status", "phase") == "completed"
            && backup.Text("status", "serverName") == destination.ServerName
            && backup.Text("status", "destinationPath") == destination.Configuration.Text("destinationPath")
            && !present.Contains(backup.Text("status", "backupId")));
        foreach (var backup in lost)
        {
            await api.DeleteAsync(ResourceType.Backups.Path(spec.Namespace, backup.Name), ct);
        }
    }
}
