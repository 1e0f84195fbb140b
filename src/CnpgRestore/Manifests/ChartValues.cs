using System.Text.Json.Nodes;

namespace CnpgRestore.Manifests;

/// <summary>
/// The values of CloudNativePG's Helm chart <c>cluster</c> in a HelmRelease of Flux
/// ([cloudnative-pg/charts] charts/cluster/values.yaml and templates/_bootstrap.tpl, _barman_object_store.tpl).
/// </summary>
static class ChartValues
{
    private const string ChartName = "cluster";

    public static bool Matches(JsonObject json) =>
        json.Text("kind") == "HelmRelease" && json.At("spec", "values", "cluster") is JsonObject &&
        (json.Text("spec", "chart", "spec", "chart") ?? ChartName) == ChartName;

    /// <summary>As much of the Cluster as matters here.</summary>
    public static JsonObject ToCluster(JsonObject release)
    {
        var values = release.At("spec", "values");
        var name = FullName(release, values);
        var cluster = values.At("cluster");
        var spec = new JsonObject
        {
            ["imageName"] = Text(cluster, "imageName"),
            ["imageCatalogRef"] = new JsonObject { ["major"] = Text(values, "version", "postgresql") },
            ["postgresql"] = new JsonObject { ["parameters"] = cluster.At("postgresql", "parameters")?.DeepClone() },
            ["plugins"] = cluster.At("plugins")?.DeepClone(),
        };
        if (values.Flag("backups", "enabled") == true)
        {
            spec["backup"] = new JsonObject { ["barmanObjectStore"] = Store(values.At("backups"), name, "backup") };
        }

        var recovery = values.At("recovery");
        switch (values.Text("mode") ?? "standalone", recovery.Text("method"))
        {
            case ("recovery", "object_store"):
                spec["bootstrap"] = new JsonObject { ["recovery"] = Recovery(recovery) };
                var source = Store(recovery, name, "recovery");
                source["serverName"] = Text(recovery, "clusterName");
                spec["externalClusters"] = new JsonArray(new JsonObject { ["name"] = "objectStoreRecoveryCluster", ["barmanObjectStore"] = source });
                break;
            case ("recovery", "pg_basebackup"):
                spec["bootstrap"] = new JsonObject { ["pg_basebackup"] = recovery.At("pgBaseBackup")?.DeepClone() };
                break;
            case ("recovery", "backup"):
                var backup = new JsonObject { ["name"] = Text(recovery, "backupName") };
                spec["bootstrap"] = new JsonObject { ["recovery"] = new JsonObject { ["backup"] = backup } };
                break;
            default:
                spec["bootstrap"] = new JsonObject { ["initdb"] = cluster.At("initdb")?.DeepClone() ?? new JsonObject() };
                break;
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = release.At("metadata", "namespace")?.DeepClone() },
            ["spec"] = spec,
        };
    }

    /// <summary>The Secret with the credentials of <c>backups</c> or <c>recovery</c>, the chart's own where the values name none.</summary>
    public static string SecretName(JsonObject release, string section) =>
        release.Text("spec", "values", section, "secret", "name") is { Length: > 0 } name ? name
            : $"{FullName(release, release.At("spec", "values"))}-{(section == "backups" ? "backup" : section)}-s3-creds";

    // Helm's customary fullname: the release's name, with the chart's behind it unless it already contains it.
    private static string FullName(JsonObject release, JsonNode? values)
    {
        if (values.Text("fullnameOverride") is { Length: > 0 } full)
        {
            return full;
        }

        var chart = values.Text("nameOverride") is { Length: > 0 } name ? name : ChartName;
        var own = release.Text("metadata", "name") ?? "";
        var target = release.Text("spec", "targetNamespace");
        var releaseName = release.Text("spec", "releaseName") ?? (target is null ? own : $"{target}-{own}");
        return releaseName.Contains(chart, StringComparison.Ordinal) ? releaseName : $"{releaseName}-{chart}";
    }

    private static JsonObject Recovery(JsonNode? recovery)
    {
        var result = new JsonObject
        {
            ["source"] = "objectStoreRecoveryCluster",
            ["database"] = Text(recovery, "database"),
            ["owner"] = Text(recovery, "owner"),
        };
        if (recovery.Text("pitrTarget", "time") is { Length: > 0 } time)
        {
            result["recoveryTarget"] = new JsonObject { ["targetTime"] = time };
        }

        return result;
    }

    private static JsonObject Store(JsonNode? scope, string fullName, string prefix)
    {
        var secret = scope.Text("secret", "name") is { Length: > 0 } name ? name : $"{fullName}-{prefix}-s3-creds";
        var credentials = scope.Flag("s3", "inheritFromIAMRole") == true
            ? new JsonObject { ["inheritFromIAMRole"] = true }
            : new JsonObject { ["accessKeyId"] = Key(secret, "ACCESS_KEY_ID"), ["secretAccessKey"] = Key(secret, "ACCESS_SECRET_KEY") };
        return new JsonObject
        {
            ["destinationPath"] = scope.Text("destinationPath") is { Length: > 0 } path
                ? path
                : $"s3://{scope.Text("s3", "bucket")}{scope.Text("s3", "path") ?? "/"}",
            ["endpointURL"] = scope.Text("endpointURL") is { Length: > 0 } url ? url : $"https://s3.{scope.Text("s3", "region")}.amazonaws.com",
            ["s3Credentials"] = credentials,
        };
    }

    private static JsonObject Key(string secret, string key) => new() { ["name"] = secret, ["key"] = key };

    private static JsonNode? Text(JsonNode? node, params ReadOnlySpan<string> path) => node.Text(path) is { Length: > 0 } text ? text : null;
}
