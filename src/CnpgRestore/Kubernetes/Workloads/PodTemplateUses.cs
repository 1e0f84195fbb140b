using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>What in a pod's specification leads to the database: variables, arguments, and ConfigMaps and Secrets that it reads.</summary>
sealed class PodTemplateUses(ClusterHosts hosts, ConfigUses configs)
{
    /// <param name="spec">A PodSpec (Kubernetes, core/v1).</param>
    /// <returns>One clause for each way; empty where there is none.</returns>
    public IReadOnlyList<string> Find(JsonNode? spec, string ns)
    {
        var found = new List<string>();
        foreach (var container in spec.Items("initContainers").Concat(spec.Items("containers")))
        {
            found.AddRange(OfContainer(container, ns));
        }

        foreach (var volume in spec.Items("volumes"))
        {
            found.AddRange(OfVolume(volume).Concat(volume.Items("projected", "sources").SelectMany(OfVolume))
                .Select(source => Read(source.Kind, source.Name, ns, "is mounted")).OfType<string>());
        }

        return [.. found.Distinct()];
    }

    private IEnumerable<string> OfContainer(JsonNode container, string ns)
    {
        var name = container.Text("name");
        foreach (var variable in container.Items("env"))
        {
            if (variable.Text("value") is { } value && hosts.In(value, ns) is { } host)
            {
                yield return $"variable {variable.Text("name")} of container {name} names {host}";
            }

            foreach (var (field, kind) in (IEnumerable<(string, string)>)[("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")])
            {
                if (Read(kind, variable.Text("valueFrom", field, "name"), ns, $"fills variable {variable.Text("name")} of container {name}") is { } reason)
                {
                    yield return reason;
                }
            }
        }

        foreach (var source in container.Items("envFrom"))
        {
            foreach (var (field, kind) in (IEnumerable<(string, string)>)[("secretRef", "Secret"), ("configMapRef", "ConfigMap")])
            {
                if (Read(kind, source.Text(field, "name"), ns, $"fills variables of container {name}") is { } reason)
                {
                    yield return reason;
                }
            }
        }

        foreach (var word in container.Items("command").Concat(container.Items("args")))
        {
            if (word.Text() is { } text && hosts.In(text, ns) is { } host)
            {
                yield return $"the command of container {name} names {host}";
            }
        }
    }

    private static IEnumerable<(string Kind, string? Name)> OfVolume(JsonNode volume) =>
    [
        ("Secret", volume.Text("secret", "secretName") ?? volume.Text("secret", "name")),
        ("ConfigMap", volume.Text("configMap", "name")),
    ];

    private string? Read(string kind, string? name, string ns, string how) =>
        name is not null && configs.Of(kind, ns, name) is { } reason ? $"{kind} {name} ({reason}) {how}" : null;
}
