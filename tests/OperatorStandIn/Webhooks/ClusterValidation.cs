using System.Globalization;
using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Webhooks;

/// <summary>The rules of CloudNativePG's validating webhook that concern recovery, in its words (internal/webhook/v1/cluster_webhook.go).</summary>
static class ClusterValidation
{
    private static readonly string[] Methods = ["initdb", "recovery", "pg_basebackup"];

    private static readonly string[] Targets = ["targetTime", "targetXID", "targetName", "targetLSN", "targetImmediate"];

    /// <summary>Everything that is wrong, empty when nothing is; the Cluster has been given its defaults.</summary>
    public static IEnumerable<FieldError> Errors(JsonObject cluster)
    {
        if (cluster.Annotation("cnpg.io/validation") == "disabled")
        {
            return [];
        }

        var spec = cluster["spec"];
        return [.. Name(cluster), .. Bootstrap(spec), .. Source(spec), .. Target(spec.At("bootstrap", "recovery", "recoveryTarget")), .. Archiver(spec)];
    }

    /// <summary>In-tree object stores still work, but not without a word.</summary>
    public static IEnumerable<string> Warnings(JsonObject cluster)
    {
        List<string> fields = [];
        if (cluster.At("spec", "backup", "barmanObjectStore") is not null)
        {
            fields.Add("spec.backup.barmanObjectStore");
        }

        var external = cluster.Items("spec", "externalClusters").ToList();
        fields.AddRange(external.Where(entry => entry.At("barmanObjectStore") is not null)
            .Select(entry => $"spec.externalClusters.{external.IndexOf(entry)}.barmanObjectStore"));
        if (fields.Count > 0)
        {
            yield return "Native support for Barman Cloud backups and recovery is deprecated and will be completely removed in CloudNativePG 1.31.0. "
                + $"Found usage in: {string.Join(", ", fields)}. Please migrate existing clusters to the new Barman Cloud Plugin to ensure a smooth transition.";
        }
    }

    private static IEnumerable<FieldError> Name(JsonObject cluster)
    {
        if (cluster.Name.Length > 50)
        {
            yield return FieldError.Invalid("metadata.name", cluster.Name, "the maximum length of a cluster name is 50 characters");
        }
    }

    private static IEnumerable<FieldError> Bootstrap(JsonNode? spec)
    {
        if (Methods.Count(method => spec.At("bootstrap", method) is not null) > 1)
        {
            yield return FieldError.Forbidden("spec.bootstrap", "Only one bootstrap method can be specified at a time");
        }
    }

    private static IEnumerable<FieldError> Source(JsonNode? spec)
    {
        var names = spec.Items("externalClusters").Select(external => external.Text("name")).ToList();
        foreach (var name in names.Where((name, index) => names.IndexOf(name) < index))
        {
            yield return FieldError.Invalid("spec.externalClusters", name ?? "", "Duplicate externalCluster name");
        }

        if (spec.Text("bootstrap", "recovery", "source") is not { } source)
        {
            yield break;
        }

        var external = spec.Items("externalClusters").FirstOrDefault(external => external.Text("name") == source);
        if (external is null)
        {
            yield return FieldError.Invalid("spec.bootstrap.recovery.source", source, $"External cluster {source} not found");
        }
        else if (external["barmanObjectStore"] is null && external["plugin"] is null && external["connectionParameters"] is null)
        {
            yield return FieldError.Invalid(
                "spec.bootstrap.recovery.source",
                source,
                $"External cluster {source} cannot be used for recovery: missing connection parameters, Barman, or CNPG-i configuration");
        }
    }

    private static IEnumerable<FieldError> Target(JsonNode? target)
    {
        const string Path = "spec.bootstrap.recovery.recoveryTarget";
        var given = Targets.Where(name => target.At(name) is not null).ToList();
        if (given.Count > 1)
        {
            yield return FieldError.Invalid(Path, string.Join(", ", given), "Recovery target options are mutually exclusive");
        }

        if (given.Any(name => name is "targetXID" or "targetName" or "targetImmediate") && target.Text("backupID") is null)
        {
            yield return FieldError.Required($"{Path}.backupID", "BackupID is missing");
        }

        if (target.Text("targetTLI") is { } timeline && timeline != "latest"
            && (!int.TryParse(timeline, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1))
        {
            yield return FieldError.Invalid($"{Path}.targetTLI", timeline, "recovery target timeline can be set to 'latest' or a positive integer");
        }

        if (target.Text("targetTime") is { } time && !DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out _))
        {
            yield return FieldError.Invalid($"{Path}.targetTime", time, "The format of TargetTime is invalid");
        }
    }

    private static IEnumerable<FieldError> Archiver(JsonNode? spec)
    {
        var archivers = spec.Items("plugins").Count(plugin => plugin.Flag("isWALArchiver") && plugin.Text("enabled") != "false");
        if (archivers > 0 && spec.At("backup", "barmanObjectStore") is not null)
        {
            yield return FieldError.Invalid("spec.plugins", "isWALArchiver", "Cannot enable a WAL archiver plugin when barmanObjectStore is configured");
        }

        if (archivers > 1)
        {
            yield return FieldError.Invalid("spec.plugins", "isWALArchiver", "Cannot enable more than one WAL archiver plugin");
        }
    }
}
