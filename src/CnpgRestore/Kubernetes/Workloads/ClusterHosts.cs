using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>
/// The names and addresses by which clients reach a Cluster's database: its Services (<c>orders-rw</c>), its Poolers, Services of the user that select
/// its pods, and aliases (<c>ExternalName</c>) of them in other namespaces.
/// </summary>
sealed class ClusterHosts
{
    private readonly List<Host> _hosts = [];

    /// <param name="cluster">Null where the Cluster is gone: its Services are known by their names.</param>
    public ClusterHosts(string ns, string name, JsonObject? cluster, IEnumerable<JsonObject> poolers, IReadOnlyCollection<JsonObject> services)
    {
        string[] own = [CnpgNames.ReadWriteService(name), CnpgNames.ReadOnlyService(name), CnpgNames.ReadService(name)];
        var additional = cluster.Items("spec", "managed", "services", "additional").Select(service => service.Text("serviceTemplate", "metadata", "name")).OfType<string>();
        var selecting = services.Where(service => service.Text("metadata", "namespace") == ns && service.Text("spec", "selector", CnpgNames.ClusterLabel) == name)
            .Select(service => service.Text("metadata", "name")!);
        _hosts.AddRange(own.Concat(additional).Concat(selecting).Distinct().Select(service => new Host(service, ns, service)));
        _hosts.AddRange(poolers.Select(pooler => pooler.Text("metadata", "name")!).Select(pooler => new Host(pooler, ns, $"{pooler} (Pooler)")));
        AddAddresses(services);
        AddAliases(services);
    }

    /// <summary>The first of them that a text names, as messages say it; null where it names none.</summary>
    /// <param name="ns">Where the text is read: only in the Cluster's own namespace does a bare name mean its Service.</param>
    public string? In(string text, string ns)
    {
        foreach (var host in _hosts)
        {
            for (var start = text.IndexOf(host.Name, StringComparison.Ordinal); start >= 0; start = text.IndexOf(host.Name, start + 1, StringComparison.Ordinal))
            {
                var rest = text.AsSpan(start + host.Name.Length);
                if ((start == 0 || !IsOfName(text[start - 1])) && !IsOfPath(text.AsSpan(0, start)) && !rest.StartsWith("://", StringComparison.Ordinal) && host.EndsIn(rest, ns))
                {
                    return host.Label;
                }
            }
        }

        return null;
    }

    /// <summary>
    /// Whether what follows is a segment of a path, and no host: a Service may have the name of a folder, as it may have that of a scheme. Behind
    /// <c>//</c> and <c>@</c> is a host; so it is in bash's <c>/dev/tcp/HOST/PORT</c>.
    /// </summary>
    private static bool IsOfPath(ReadOnlySpan<char> before) =>
        before is [.., '/'] && before is not [.., '/' or '@', '/'] && !before.EndsWith("/dev/tcp/", StringComparison.Ordinal) && !before.EndsWith("/dev/udp/", StringComparison.Ordinal);

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_';

    private void AddAddresses(IEnumerable<JsonObject> services)
    {
        foreach (var service in services)
        {
            var known = _hosts.Find(host => host.Namespace == service.Text("metadata", "namespace") && host.Name == service.Text("metadata", "name"));
            if (known is not null && service.Text("spec", "clusterIP") is { } address && address != "None" && address.Length > 0)
            {
                _hosts.Add(new Host(address, Namespace: null, $"{address}, which is {known.Label}"));
            }
        }
    }

    private void AddAliases(IEnumerable<JsonObject> services)
    {
        var aliases = services.Where(service => service.Text("spec", "externalName") is { } target && In(target, ns: "") is not null)
            .Select(service => (Name: service.Text("metadata", "name")!, Namespace: service.Text("metadata", "namespace"), Target: service.Text("spec", "externalName")))
            .Select(alias => new Host(alias.Name, alias.Namespace, $"{alias.Name}, which is {alias.Target}"))
            .ToList();
        _hosts.AddRange(aliases);
    }

    /// <param name="Namespace">Of the Service; null for an address, which is the same everywhere.</param>
    private sealed record Host(string Name, string? Namespace, string Label)
    {
        /// <summary>Whether what follows the name ends it, or names the Service's own namespace.</summary>
        public bool EndsIn(ReadOnlySpan<char> rest, string ns)
        {
            var isQualified = Namespace is not null && rest.StartsWith($".{Namespace}", StringComparison.Ordinal);
            if (isQualified)
            {
                rest = rest[(Namespace!.Length + 1)..];
                return rest.IsEmpty || !IsOfName(rest[0]) || rest[0] == '.';
            }

            var isEnd = rest.IsEmpty || !IsOfName(rest[0]) || (rest[0] == '.' && (rest.Length == 1 || !IsOfName(rest[1])));
            return isEnd && (Namespace is null || Namespace == ns);
        }
    }
}
