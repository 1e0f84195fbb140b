namespace CnpgRestore.Manifests;

/// <summary>The server of an object store as the pods of a namespace find it, so that the spellings of one server are equal.</summary>
static class StoreEndpoint
{
    /// <summary>
    /// A Service has a short name in its own namespace and longer ones everywhere (Kubernetes manual, DNS for Services and Pods): <c>http://minio:9000</c> in
    /// namespace storage is <c>http://minio.storage:9000</c> and <c>http://minio.storage.svc.cluster.local:9000/</c>. AWS is one server: no two buckets there
    /// share a name.
    /// </summary>
    /// <param name="url">Null for AWS.</param>
    /// <param name="ns">Of the Cluster that names it.</param>
    public static string Of(string? url, string? ns)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            return url ?? "AWS";
        }

        var host = uri.Host.TrimEnd('.');
        if (host.EndsWith(".amazonaws.com", StringComparison.Ordinal))
        {
            return "AWS";
        }

        host = (uri.HostNameType, host.Split('.')) switch
        {
            (UriHostNameType.Dns, [var service]) => $"{service}.{ns}",
            (UriHostNameType.Dns, [var service, var home, "svc", ..]) => $"{service}.{home}",
            _ => host,
        };
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{host}:{uri.Port}{uri.AbsolutePath.TrimEnd('/')}");
    }
}
