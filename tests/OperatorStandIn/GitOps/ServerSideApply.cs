using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.GitOps;

/// <summary>Applies objects of any kind under a controller's name.</summary>
sealed class ServerSideApply(KubernetesApi api, string fieldManager)
{
    private readonly ConcurrentDictionary<(string ApiVersion, string Kind), ResourceType> _types = new();

    /// <param name="ns">For objects that name none.</param>
    public async Task ApplyAsync(JsonObject item, string ns, CancellationToken ct) => await api.ApplyAsync(await PathAsync(item, ns, ct), fieldManager, item, ct);

    /// <summary>Whether the object exists, and is as asked for.</summary>
    public async Task<bool> IsLiveAsync(JsonObject item, string ns, Func<JsonObject, bool> condition, CancellationToken ct) =>
        await api.FindAsync(await PathAsync(item, ns, ct), ct) is { } live && condition(live);

    private async Task<string> PathAsync(JsonObject item, string ns, CancellationToken ct)
    {
        var type = await TypeAsync(item.Text("apiVersion") ?? "", item.Text("kind") ?? "", ct);
        if (type.Namespaced)
        {
            item["metadata"]!["namespace"] ??= ns;
        }

        return type.Path(item.Namespace, item.Name);
    }

    private async Task<ResourceType> TypeAsync(string apiVersion, string kind, CancellationToken ct)
    {
        if (_types.TryGetValue((apiVersion, kind), out var known))
        {
            return known;
        }

        var parts = apiVersion.Split('/');
        var (group, version) = parts.Length == 1 ? ("", parts[0]) : (parts[0], parts[1]);
        var list = await api.FindAsync(group.Length == 0 ? $"api/{version}" : $"apis/{apiVersion}", ct);
        var resource = list.Items("resources").FirstOrDefault(resource => resource.Text("kind") == kind && !resource.Text("name")!.Contains('/', StringComparison.Ordinal))
            ?? throw new GitOpsException($"no matches for kind \"{kind}\" in version \"{apiVersion}\"");
        return _types[(apiVersion, kind)] = new ResourceType(group, version, resource.Text("name")!, kind, resource.Flag("namespaced"));
    }
}
