using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes.GitOps;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>Finds, by their annotations alone, what is stopped for a Cluster.</summary>
/// <param name="Copies">
/// Objects that only repeat what their owner says: Kubernetes copies a Deployment's annotations to its ReplicaSets, never takes them away there, and
/// copies them back at a roll back ([kubernetes] pkg/controller/deployment/util/deployment_util.go).
/// </param>
/// <param name="Owners">GitOps owners that are suspended for it.</param>
/// <param name="Unreadable">What the present user may not list, one clause each.</param>
/// <param name="Unsearched">The same of kinds that are stopped only where they own a pod of an application: whoever may stop need not be able to list all of them.</param>
public sealed record StoppedApps(
    IReadOnlyList<StoppedApp> Apps, IReadOnlyList<ObjectReference> Copies, IReadOnlyList<ObjectReference> Owners, IReadOnlyList<string> Unreadable, IReadOnlyList<string> Unsearched)
{
    public static async Task<StoppedApps> FindAsync(KubernetesApi api, string ns, string cluster, IReadOnlyList<string> namespaces, CancellationToken ct)
    {
        var (reader, others) = (new NamespaceReader(api, ns, namespaces), new NamespaceReader(api, ns, namespaces));
        var scalers = (await Autoscaler.ListAsync(reader, ct)).Where(scaler => !scaler.IsKeda).ToList();
        var (apps, copies) = (new List<StoppedApp>(), new List<ObjectReference>());
        var items = new List<JsonObject>();
        foreach (var (type, method) in await TypesAsync(api, ct))
        {
            await foreach (var item in (IsSearched(type) ? reader : others).ListAsync(type, ListSelector.All, ct))
            {
                if (StopRecord.Of(item) is { } record && record.Cluster == $"{ns}/{cluster}")
                {
                    var reference = ObjectReference.Of(type, item);
                    if (Workload.IsCopy(type, item))
                    {
                        copies.Add(reference);
                        continue;
                    }

                    item["apiVersion"] ??= type.ApiVersion;
                    item["kind"] ??= type.Kind;
                    items.Add(item);
                    apps.Add(StoppedApp.Read(reference, method, record, scalers.Find(scaler => scaler.Scales(reference))?.Minimum ?? 0));
                }
            }
        }

        return new StoppedApps(apps, copies, await OwnersAsync(api, ns, $"{ns}/{cluster}", items, ct), reader.Unreadable, others.Unreadable);
    }

    /// <summary>The copies of these namespaces as they are now, as far as they may be listed.</summary>
    /// <param name="subject"><c>NAMESPACE/CLUSTER</c>.</param>
    public static async Task<IReadOnlyList<ObjectReference>> CopiesAsync(KubernetesApi api, string subject, IReadOnlyList<string> namespaces, CancellationToken ct) =>
        namespaces.Count == 0 ? [] : await new NamespaceReader(api, namespaces[0], namespaces).ListAsync(ResourceTypes.ReplicaSets, ListSelector.All, ct)
            .Where(item => StopRecord.Of(item)?.Cluster == subject && Workload.IsCopy(ResourceTypes.ReplicaSets, item))
            .Select(item => ObjectReference.Of(ResourceTypes.ReplicaSets, item)).ToListAsync(ct);

    private static bool IsSearched(ResourceType type) => WorkloadTree.IsKnown(type) || type == ResourceTypes.ScaledObjects;

    private static async Task<IReadOnlyList<(ResourceType Type, StopMethod Method)>> TypesAsync(KubernetesApi api, CancellationToken ct)
    {
        var scaled = (await api.TypesWithScaleAsync(ct)).Where(type => type.Kind != ResourceTypes.Clusters.Kind);
        var cronJobs = await WorkloadTree.ServedAsync(api, ResourceTypes.CronJobs, ct);
        return
        [
            .. scaled.Select(type => (type, StopMethod.Scale)), (cronJobs, StopMethod.Suspend), (ResourceTypes.DaemonSets, StopMethod.Unschedule),
            (ResourceTypes.ScaledObjects, StopMethod.Pause),
        ];
    }

    /// <summary>
    /// From what the owners' own lists show, and, where those may not be read or an owner lives elsewhere, from what the stopped objects say.
    /// </summary>
    private static async Task<IReadOnlyList<ObjectReference>> OwnersAsync(KubernetesApi api, string ns, string subject, IEnumerable<JsonObject> items, CancellationToken ct)
    {
        var (gitOps, reader) = (new GitOpsOwners(api), new NamespaceReader(api, ns, []));
        var owners = new HashSet<ObjectReference>();
        // The outermost first, as they were suspended: they are resumed in the other order.
        foreach (var known in (IEnumerable<ResourceType>)[ResourceTypes.Applications, ResourceTypes.Kustomizations, ResourceTypes.HelmReleases])
        {
            if (await gitOps.ServedAsync(known, ct) is { } type)
            {
                owners.UnionWith(await reader.ListAsync(type, ListSelector.All, ct).Where(IsMarked).Select(item => ObjectReference.Of(type, item)).ToListAsync(ct));
            }
        }

        foreach (var item in items)
        {
            owners.UnionWith((await gitOps.FindAsync(item, ct)).Where(owner => IsMarked(owner.Object)).Select(owner => owner.Reference));
        }

        return [.. owners];

        bool IsMarked(JsonObject? item) => item.Text("metadata", "annotations", StopRecord.ClusterAnnotation) == subject;
    }
}
