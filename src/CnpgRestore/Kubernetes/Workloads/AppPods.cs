namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>The pods of applications, those that are ending included.</summary>
public sealed class AppPods
{
    private readonly KubernetesApi _api;
    private readonly WorkloadTree _tree;
    private readonly IReadOnlyList<ObjectReference> _apps;

    private AppPods(KubernetesApi api, WorkloadTree tree, IReadOnlyList<ObjectReference> apps) => (_api, _tree, _apps) = (api, tree, apps);

    /// <summary>Reads who owns whom, once.</summary>
    public static async Task<AppPods> OfAsync(KubernetesApi api, IReadOnlyList<ObjectReference> apps, CancellationToken ct)
    {
        if (apps.Count == 0)
        {
            return new AppPods(api, new WorkloadTree(), apps);
        }

        var reader = new NamespaceReader(api, apps[0].Namespace!, [.. apps.Select(app => app.Namespace!).Distinct()]);
        var tree = await WorkloadTree.ReadAsync(api, reader, ct);
        await tree.AddOwnersAsync(api, reader, ct);
        return new AppPods(api, tree, apps);
    }

    /// <summary>One list for each namespace.</summary>
    public async Task<IReadOnlyList<(ObjectReference App, System.Text.Json.Nodes.JsonObject Pod)>> ListAsync(CancellationToken ct)
    {
        var found = new List<(ObjectReference, System.Text.Json.Nodes.JsonObject)>();
        foreach (var ns in _apps.Select(app => app.Namespace).Distinct())
        {
            await foreach (var pod in _api.ListAsync(ResourceTypes.Pods, ns, WorkloadTree.Living, ct))
            {
                var app = _tree.OutermostOf(new Workload(ObjectReference.Of(ResourceTypes.Pods, pod), pod)).Reference;
                if (_apps.Contains(app))
                {
                    found.Add((app, pod));
                }
            }
        }

        return found;
    }
}
