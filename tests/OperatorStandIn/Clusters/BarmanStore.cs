using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>One server folder in an object store: a <c>barmanObjectStore</c> of the Cluster, or an ObjectStore of the plugin.</summary>
/// <param name="Configuration">As in the manifest; both forms have the same fields.</param>
/// <param name="ServerName">Never empty: what CloudNativePG falls back to where the manifest names none.</param>
sealed record BarmanStore(JsonNode Configuration, string ServerName, bool IsPlugin)
{
    // A region, too, is a reference to a Secret.
    private static readonly (string Field, string Variable)[] Credentials =
    [
        ("accessKeyId", "AWS_ACCESS_KEY_ID"),
        ("secretAccessKey", "AWS_SECRET_ACCESS_KEY"),
        ("sessionToken", "AWS_SESSION_TOKEN"),
        ("region", "AWS_DEFAULT_REGION"),
    ];

    /// <summary>For the instance manager: everything but the secrets' values.</summary>
    public JsonObject Settings()
    {
        var settings = new JsonObject { ["serverName"] = ServerName, ["secrets"] = new JsonObject() };
        foreach (var field in (string[])["destinationPath", "endpointURL", "wal", "data"])
        {
            settings[field] = Configuration.Copy(field);
        }

        settings["wal"] ??= new JsonObject();
        settings["data"] ??= new JsonObject();
        foreach (var (variable, reference) in References())
        {
            settings["secrets"]![variable] = reference.DeepClone();
        }

        return settings;
    }

    /// <summary>
    /// Variables of the container, <c>SOURCE_AWS_ACCESS_KEY_ID</c> and so on. A missing Secret leaves them out, and the instance manager
    /// complains as CloudNativePG's, which reads Secrets itself; the container starts nevertheless.
    /// </summary>
    /// <param name="role">SOURCE, or DESTINATION.</param>
    public IEnumerable<JsonObject> Environment(string role) =>
        References().Select(item => new JsonObject
        {
            ["name"] = $"{role}_{item.Variable}",
            ["valueFrom"] = SecretKey(item.Reference),
        });

    public static JsonObject SecretKey(JsonNode reference) => new()
    {
        ["secretKeyRef"] = new JsonObject { ["name"] = reference.Text("name"), ["key"] = reference.Text("key"), ["optional"] = true },
    };

    private IEnumerable<(string Variable, JsonNode Reference)> References()
    {
        foreach (var (field, variable) in Credentials)
        {
            if (Configuration.At("s3Credentials", field) is { } reference)
            {
                yield return (variable, reference);
            }
        }

        if (Configuration.At("endpointCA") is { } authority)
        {
            yield return ("CA", authority);
        }
    }
}
