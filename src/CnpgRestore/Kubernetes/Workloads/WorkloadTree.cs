using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>
/// Workloads and pods of the namespaces that may be read, and who owns whom (<c>metadata.ownerReferences</c>, the one with <c>controller</c>). One list
/// per kind.
/// </summary>
sealed class WorkloadTree
{
    // Whatever else owns a pod is met as its owner.
    private static readonly ResourceType[] Known =
    [
        ResourceTypes.Deployments, ResourceTypes.StatefulSets, ResourceTypes.DaemonSets, ResourceTypes.CronJobs, ResourceTypes.Jobs, ResourceTypes.ReplicaSets,
        ResourceTypes.Poolers,
    ];

    private readonly HashSet<ResourceType> _stoppable = [];
    private readonly Dictionary<string, Workload> _byUid = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _podCounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Workload>> _byAddress = new(StringComparer.Ordinal);

    /// <summary>Pods that have not ended.</summary>
    public static ListSelector Living { get; } = new(Fields: "status.phase!=Succeeded,status.phase!=Failed");

    /// <summary>Pods are among them only where they have not ended.</summary>
    public IEnumerable<Workload> All => _byUid.Values;

    public static async Task<WorkloadTree> ReadAsync(KubernetesApi api, NamespaceReader reader, CancellationToken ct)
    {
        var tree = new WorkloadTree();
        foreach (var type in Known)
        {
            var served = await ServedAsync(api, type, ct);
            tree._stoppable.Add(served);
            await foreach (var item in reader.ListAsync(served, ListSelector.All, ct))
            {
                tree.Add(served, item);
            }
        }

        await foreach (var pod in reader.ListAsync(ResourceTypes.Pods, Living, ct))
        {
            tree.AddPod(pod);
        }

        return tree;
    }

    /// <summary>Whether a workload of this kind is looked for when applications are stopped; others are met only as owners of pods.</summary>
    public static bool IsKnown(ResourceType type) => Known.Any(known => (known.Group, known.Plural) == (type.Group, type.Plural));

    /// <summary>In the version that the server has: before Kubernetes 1.21 a CronJob was v1beta1.</summary>
    public static async Task<ResourceType> ServedAsync(KubernetesApi api, ResourceType type, CancellationToken ct) =>
        await api.SupportsAsync(type, ct) ? type : type with { Version = "v1beta1" };

    /// <summary>Adds the types of owners that are not among the known ones, custom resources mostly.</summary>
    public async Task AddOwnersAsync(KubernetesApi api, NamespaceReader reader, CancellationToken ct)
    {
        var missing = _byUid.Values.Select(workload => workload.Controller).Where(owner => owner is not null && !_byUid.ContainsKey(owner.Text("uid")!))
            .Select(owner => (owner.Text("apiVersion")!, owner.Text("kind")!)).ToHashSet();
        foreach (var (apiVersion, kind) in missing)
        {
            if (await api.FindTypeAsync(apiVersion, kind, ct) is { Namespaced: true } type)
            {
                if (await api.HasScaleAsync(type, ct))
                {
                    _stoppable.Add(type);
                }

                await foreach (var item in reader.ListAsync(type, ListSelector.All, ct))
                {
                    Add(type, item);
                }
            }
        }
    }

    /// <summary>
    /// The outermost owner that can be stopped: a Deployment whose own owner has no number of replicas stands for itself. Where none can, the
    /// outermost that is here.
    /// </summary>
    public Workload OutermostOf(Workload workload)
    {
        List<Workload> chain = [workload];
        while (chain[^1].Controller.Text("uid") is { } uid && _byUid.TryGetValue(uid, out var owner))
        {
            chain.Add(owner);
        }

        return chain.FindLast(link => _stoppable.Contains(link.Reference.Type)) ?? chain[^1];
    }

    /// <summary>Pods of a workload, through whatever is between.</summary>
    public int PodsOf(Workload outermost) => _podCounts.GetValueOrDefault(outermost.Uid);

    /// <summary>The pods that have an address; several, or none that is meant, where they share their node's.</summary>
    public IReadOnlyList<Workload> PodsAt(string address) => _byAddress.GetValueOrDefault(address) ?? [];

    /// <summary>Counts pods once every owner is known.</summary>
    public void CountPods()
    {
        foreach (var pod in _byUid.Values.Where(workload => workload.Reference.Type == ResourceTypes.Pods))
        {
            var owner = OutermostOf(pod);
            _podCounts[owner.Uid] = PodsOf(owner) + 1;
        }
    }

    public void Add(ResourceType type, JsonObject item)
    {
        // Items of a list come without the two, by which GitOps owners know what they list.
        item["apiVersion"] ??= type.ApiVersion;
        item["kind"] ??= type.Kind;
        var workload = new Workload(ObjectReference.Of(type, item), item);
        _byUid[workload.Uid] = workload;
    }

    private void AddPod(JsonObject pod)
    {
        Add(ResourceTypes.Pods, pod);
        if (pod.Flag("spec", "hostNetwork") != true && pod.Text("status", "podIP") is { Length: > 0 } address)
        {
            var workload = _byUid[pod.Text("metadata", "uid")!];
            foreach (var each in pod.Items("status", "podIPs").Select(entry => entry.Text("ip")).OfType<string>().Append(address).Distinct())
            {
                (_byAddress.TryGetValue(each, out var pods) ? pods : _byAddress[each] = []).Add(workload);
            }
        }
    }
}
