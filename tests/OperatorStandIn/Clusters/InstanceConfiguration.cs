using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>The ConfigMap that the pods of an instance run from: the instance manager's source, and what this cluster asks of it.</summary>
static class InstanceConfiguration
{
    private static readonly IReadOnlyDictionary<string, string> Sources = ReadSources();

    public static string Name(ClusterSpec spec) => $"{spec.Name}-instance-manager";

    public static JsonObject Build(ClusterSpec spec)
    {
        var data = new JsonObject();
        foreach (var (name, text) in Sources)
        {
            data[name] = text;
        }

        data["instance.json"] = Settings(spec).ToJsonString();
        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = Name(spec),
                ["namespace"] = spec.Namespace,
                ["labels"] = new JsonObject { [Volumes.ClusterLabel] = spec.Name },
                ["ownerReferences"] = new JsonArray(spec.Cluster.OwnerReference()),
            },
            ["data"] = data,
        };
    }

    private static JsonObject Settings(ClusterSpec spec) => new()
    {
        ["clusterName"] = spec.Name,
        ["initdb"] = spec.Initdb?.DeepClone(),
        ["recovery"] = Recovery(spec),
        ["source"] = spec.Source?.Settings(),
        ["destination"] = spec.Destination?.Settings(),
        ["plugin"] = spec.Source?.IsPlugin ?? false,
        // In-tree recovery knows nothing of a plugin's destination, and the plugin nothing of an in-tree one.
        ["checkDestination"] = spec.ChecksEmptyArchive && spec.Source?.IsPlugin == spec.Destination?.IsPlugin,
        ["checkEmptyWalArchive"] = spec.ChecksEmptyArchive,
        ["enableSuperuserAccess"] = spec.HasSuperuserAccess,
        ["walStorage"] = spec.WalStorage is not null,
        ["tablespaces"] = new JsonArray([.. spec.Tablespaces.Select(tablespace => tablespace.DeepClone())]),
        ["parameters"] = spec.Parameters?.DeepClone() ?? new JsonObject(),
        ["failWalRestoreFrom"] = Faults.FirstUnreachableWal(spec.Cluster),
    };

    private static JsonObject? Recovery(ClusterSpec spec)
    {
        if (spec.Recovery is not { } recovery)
        {
            return null;
        }

        var settings = recovery.DeepClone().AsObject();
        settings["recoveryTarget"] ??= new JsonObject();
        var backup = spec.RecoveryBackup.At("status");
        settings["backup"] = backup is null ? null : new JsonObject { ["backup_id"] = backup.Text("backupId"), ["begin_wal"] = backup.Text("beginWal") };
        return settings;
    }

    private static Dictionary<string, string> ReadSources()
    {
        var assembly = typeof(InstanceConfiguration).Assembly;
        return assembly.GetManifestResourceNames().ToDictionary(name => name, name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        });
    }
}
