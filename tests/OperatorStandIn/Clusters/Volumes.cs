using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>The claims of the instance: data, WAL, tablespaces.</summary>
sealed record Volumes(ClusterSpec Spec)
{
    public const string ClusterLabel = "cnpg.io/cluster";
    public const string StatusAnnotation = "cnpg.io/pvcStatus";
    public const string SerialAnnotation = "cnpg.io/nodeSerial";

    private IEnumerable<(string Claim, string Role, JsonNode? Storage, string MountPath)> All
    {
        get
        {
            yield return (Spec.InstanceName, "PG_DATA", Spec.Storage, "/var/lib/postgresql/data");
            if (Spec.WalStorage is { } wal)
            {
                yield return ($"{Spec.InstanceName}-wal", "PG_WAL", wal, "/var/lib/postgresql/wal");
            }

            foreach (var tablespace in Spec.Tablespaces)
            {
                var name = tablespace.Text("name")!;
                var claim = name.Replace('_', '-').ToLowerInvariant();
                yield return ($"{Spec.InstanceName}-tbs-{claim}", "PG_TABLESPACE", tablespace["storage"], $"/var/lib/postgresql/tablespaces/{name}");
            }
        }
    }

    public IEnumerable<string> Names => All.Select(volume => volume.Claim);

    public IEnumerable<JsonObject> Claims() => All.Select(volume => new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = volume.Claim,
            ["namespace"] = Spec.Namespace,
            ["labels"] = new JsonObject
            {
                [ClusterLabel] = Spec.Name,
                ["cnpg.io/instanceName"] = Spec.InstanceName,
                ["cnpg.io/instanceRole"] = "primary",
                ["cnpg.io/pvcRole"] = volume.Role,
            },
            ["annotations"] = new JsonObject { [SerialAnnotation] = "1", [StatusAnnotation] = "initializing" },
            ["ownerReferences"] = new JsonArray(Spec.Cluster.OwnerReference()),
        },
        ["spec"] = ClaimSpec(volume.Storage),
    });

    public IEnumerable<JsonObject> PodVolumes() => All.Select(volume => new JsonObject
    {
        ["name"] = VolumeName(volume.Claim),
        ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = volume.Claim },
    });

    public IEnumerable<JsonObject> Mounts() => All.Select(volume => new JsonObject
    {
        ["name"] = VolumeName(volume.Claim),
        ["mountPath"] = volume.MountPath,
    });

    private string VolumeName(string claim) => claim == Spec.InstanceName ? "pgdata" : claim[(Spec.InstanceName.Length + 1)..];

    private static JsonObject ClaimSpec(JsonNode? storage)
    {
        var spec = storage.Copy("pvcTemplate")?.AsObject() ?? [];
        spec["accessModes"] ??= new JsonArray("ReadWriteOnce");
        if (storage.Text("size") is { } size)
        {
            spec["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = size } };
        }

        if (storage.Text("storageClass") is { } storageClass)
        {
            spec["storageClassName"] = storageClass;
        }

        return spec;
    }
}
