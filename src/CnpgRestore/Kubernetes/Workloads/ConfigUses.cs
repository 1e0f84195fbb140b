using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>
/// ConfigMaps and Secrets by which a pod comes to know the database: the Cluster's own Secrets, and those whose content names one of its hosts.
/// Contents are searched as they stream by and never kept.
/// </summary>
sealed class ConfigUses
{
    /// <summary>Nothing that a pod reads: Helm's own records, and tokens of the API. Helm's are large and name every host of a release.</summary>
    private static readonly ListSelector ReadByPods = new(Fields: "type!=helm.sh/release.v1,type!=kubernetes.io/service-account-token");

    private readonly Dictionary<(string Kind, string Namespace, string Name), string> _reasons = [];

    /// <summary>The Cluster's own Secrets alone, by their names: nothing is read.</summary>
    public static ConfigUses OfCluster(string ns, string cluster, JsonObject? live)
    {
        var uses = new ConfigUses();
        foreach (var name in SecretsOf(cluster, live))
        {
            uses._reasons[(ResourceTypes.Secrets.Kind, ns, name)] = "the Cluster's own";
        }

        return uses;
    }

    public static async Task<ConfigUses> FindAsync(NamespaceReader reader, ClusterHosts hosts, string ns, string cluster, JsonObject? live, CancellationToken ct)
    {
        var uses = OfCluster(ns, cluster, live);
        await foreach (var map in reader.ListAsync(ResourceTypes.ConfigMaps, ListSelector.All, ct))
        {
            uses.Look(ResourceTypes.ConfigMaps, map, hosts, Values(map, "data", value => value));
        }

        await foreach (var secret in reader.ListAsync(ResourceTypes.Secrets, ReadByPods, ct))
        {
            uses.Look(ResourceTypes.Secrets, secret, hosts, Values(secret, "data", value => SecretData.Decode(value) ?? ""));
        }

        return uses;
    }

    /// <summary>Why a ConfigMap or a Secret leads to the database; null where it does not.</summary>
    public string? Of(string kind, string ns, string name) => _reasons.GetValueOrDefault((kind, ns, name));

    // [cloudnative-pg] api/v1/cluster_types.go: every place of the spec that names a Secret of a role.
    private static IEnumerable<string> SecretsOf(string cluster, JsonObject? live)
    {
        var spec = live.At("spec");
        string?[] named =
        [
            CnpgNames.ApplicationSecret(cluster), CnpgNames.SuperuserSecret(cluster), spec.Text("superuserSecret", "name"),
            spec.Text("bootstrap", "initdb", "secret", "name"), spec.Text("bootstrap", "recovery", "secret", "name"), spec.Text("bootstrap", "pg_basebackup", "secret", "name"),
            .. spec.Items("managed", "roles").Select(role => role.Text("passwordSecret", "name")),
        ];
        return named.OfType<string>().Distinct();
    }

    private static IEnumerable<string> Values(JsonObject item, string field, Func<string, string> decode) =>
        (item[field] as JsonObject)?.Select(entry => decode(entry.Value.Text() ?? "")) ?? [];

    private void Look(ResourceType type, JsonObject item, ClusterHosts hosts, IEnumerable<string> values)
    {
        var reference = ObjectReference.Of(type, item);
        var key = (type.Kind, reference.Namespace!, reference.Name);
        if (!_reasons.ContainsKey(key) && values.Select(value => hosts.In(value, reference.Namespace!)).FirstOrDefault(host => host is not null) is { } host)
        {
            _reasons[key] = $"names {host}";
        }
    }
}
