using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Runs.Clusters;

/// <summary>The recovered cluster can be lost again: until a base backup lies in its new folder, its archive restores nothing.</summary>
sealed class FirstBackup(KubernetesApi api, ClusterDecision decision)
{
    private ObjectReference Reference => new(ResourceTypes.Backups, decision.Namespace, $"{decision.Cluster}-{decision.Run.Split('-')[0]}");

    public async Task<string> TakeAsync(StepMeter meter, CancellationToken ct)
    {
        var backup = await api.FindAsync(Reference, ct) ?? await BeginAsync(meter, ct);
        if (Outcome(backup) is { } done)
        {
            return done;
        }

        var ended = await api.WaitForAsync(
            Reference,
            item =>
            {
                meter.Note = item.Text("status", "phase") ?? "waiting for the operator";
                return item is null || IsEnded(item);
            },
            ct);
        return ended is null
            ? throw new RestoreException(ProblemCode.Stopped, $"the first base backup {Reference.Name} was deleted before it ended; the recovered database runs", "somebody else has removed it", decision.ResumeCommand)
            : Outcome(ended)!;
    }

    /// <summary>Barman waits for a checkpoint, which CNPG lets PostgreSQL spread over minutes; nobody works on the database yet.</summary>
    private async Task<JsonObject> BeginAsync(StepMeter meter, CancellationToken ct)
    {
        meter.Note = "checkpoint";
        var cluster = await api.GetAsync(decision.Reference, ct);
        var primary = CnpgCluster.Read(cluster).CurrentPrimary ?? $"{decision.Cluster}-1";
        await new InstancePsql(api, decision.Namespace, primary).QueryAsync("postgres", "CHECKPOINT", ct);
        return await api.CreateAsync(ResourceTypes.Backups, decision.Namespace, Manifest(), WriteOptions.Default, ct);
    }

    private static bool IsEnded(JsonObject backup) => backup.Text("status", "phase") is "completed" or "failed";

    private string? Outcome(JsonObject backup) => backup.Text("status", "phase") switch
    {
        "completed" => $"{Reference.Name} is completed as {backup.Text("status", "backupId") ?? "a base backup"} in {decision.Archive}/",
        "failed" => throw new RestoreException(
            ProblemCode.Stopped,
            $"the first base backup {Reference.Name} failed; the recovered database runs",
            backup.Text("status", "error"),
            $"kubectl delete backup -n {decision.Namespace} {Reference.Name}, then: {decision.ResumeCommand}"),
        _ => null,
    };

    private JsonObject Manifest()
    {
        var spec = new JsonObject { ["cluster"] = new JsonObject { ["name"] = decision.Cluster } };
        if (decision.UsesPlugin)
        {
            spec["method"] = "plugin";
            spec["pluginConfiguration"] = new JsonObject { ["name"] = BackupFolder.PluginName };
        }
        else
        {
            spec["method"] = "barmanObjectStore";
        }

        return new JsonObject
        {
            ["apiVersion"] = ResourceTypes.Backups.ApiVersion,
            ["kind"] = ResourceTypes.Backups.Kind,
            ["metadata"] = new JsonObject { ["name"] = Reference.Name, ["namespace"] = decision.Namespace },
            ["spec"] = spec,
        };
    }
}
