namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>
/// Finds who uses the database of a Cluster: by live sessions, from the client's address to its pod to the pod's owners, and by references, in
/// variables, arguments, ConfigMaps and Secrets, to the Cluster's Services and Secrets. Only reads.
/// </summary>
public sealed class AppSurvey(KubernetesApi api, string ns, string cluster)
{
    /// <exception cref="RestoreException">Exit 10: <c>--add</c> names what does not exist.</exception>
    public async Task<FoundApps> FindAsync(AppScope scope, CancellationToken ct)
    {
        var live = await api.FindAsync(new ObjectReference(ResourceTypes.Clusters, ns, cluster), ct);
        var reader = new NamespaceReader(api, ns, scope.Namespaces);
        var tree = await WorkloadTree.ReadAsync(api, reader, ct);
        await tree.AddOwnersAsync(api, reader, ct);
        tree.CountPods();
        var services = await reader.ListAsync(ResourceTypes.Services, ListSelector.All, ct).ToListAsync(ct);
        var poolers = tree.All.Where(IsOurPooler).ToList();
        var hosts = new ClusterHosts(ns, cluster, live, poolers.Select(pooler => pooler.Object), services);
        var configs = await ConfigUses.FindAsync(reader, hosts, ns, cluster, live, ct);
        var found = new AppReasons(tree, ns, cluster);

        foreach (var pooler in poolers)
        {
            found.Add(pooler, new AppReason(AppReason.Pooler, "is a Pooler of the Cluster"));
        }

        AddReferences(tree, new PodTemplateUses(hosts, configs), found);
        var (outside, problem) = live is null
            ? ([], $"cluster {cluster} does not exist in namespace {ns}")
            : await AddSessionsAsync(tree, found, ct);
        foreach (var workload in tree.All.Where(workload => !Workload.IsCopy(workload.Reference.Type, workload.Object)))
        {
            if (StopRecord.Of(workload.Object) is { } record && record.Cluster == $"{ns}/{cluster}")
            {
                found.Add(workload, new AppReason(AppReason.Stopped, $"was stopped by run {record.Run}"));
            }
        }

        await AddSelectedAsync(reader, tree, scope, found, ct);
        var autoscalers = await Autoscaler.ListAsync(reader, ct);
        var apps = new List<App>();
        foreach (var (workload, reasons) in found.ByWorkload.Where(entry => !scope.Removed.Any(name => name.Names(entry.Workload.Reference, ns))))
        {
            apps.Add(await new AppReading(api, tree, scope, ns).ReadAsync(workload, reasons, autoscalers, found.SessionsOf(workload), ct));
        }

        return new FoundApps(
            ns, cluster, live is not null, [.. apps.OrderBy(app => (app.Reference.Namespace, app.Reference.Type.Kind, app.Reference.Name))], outside, reader.Unreadable, problem);
    }

    private bool IsOurPooler(Workload workload) =>
        workload.Reference.Type == ResourceTypes.Poolers && workload.Reference.Namespace == ns && workload.Object.Text("spec", "cluster", "name") == cluster;

    private static void AddReferences(WorkloadTree tree, PodTemplateUses uses, AppReasons found)
    {
        // A pod says what its owner's template says; what is heard of it first stands.
        foreach (var workload in tree.All.Where(workload => !workload.HasEnded && !workload.IsHistory).OrderBy(workload => workload.Kind == ResourceTypes.Pods.Kind))
        {
            foreach (var text in uses.Find(workload.PodSpec, workload.Reference.Namespace!))
            {
                found.Add(workload, new AppReason(AppReason.Reference, text));
            }
        }
    }

    private async Task<(IReadOnlyList<ClusterSession> Outside, string? Problem)> AddSessionsAsync(WorkloadTree tree, AppReasons found, CancellationToken ct)
    {
        var outside = new List<ClusterSession>();
        try
        {
            var sessions = new ClusterSessions(api, ns, cluster);
            foreach (var session in await sessions.ListAsync(ct))
            {
                if (session.Address is { } address && tree.PodsAt(address) is [var pod, ..])
                {
                    found.Add(pod, new AppReason(AppReason.Session, $"{session.What} from pod {pod.Reference.Name}"));
                    found.Count(pod, session.Count);
                }
                else
                {
                    outside.Add(session);
                }
            }

            return (outside, sessions.Instances == 0 ? "no instance of the cluster runs" : null);
        }
        catch (RestoreException e) when (e.Problem.Code is ProblemCode.AccessDenied or ProblemCode.Unreachable or ProblemCode.NotFound)
        {
            return (outside, e.Problem.Message);
        }
    }

    private async Task AddSelectedAsync(NamespaceReader reader, WorkloadTree tree, AppScope scope, AppReasons found, CancellationToken ct)
    {
        foreach (var name in scope.Added)
        {
            var workload = tree.All.FirstOrDefault(workload => name.Names(workload.Reference, ns)) ?? await SeekAsync(name, tree, ct);
            found.Add(workload, new AppReason(AppReason.Added, "was named with --add"), asNamed: true);
        }

        foreach (var type in scope.Selector is null ? [] : tree.All.Select(workload => workload.Reference.Type).Where(type => type != ResourceTypes.Pods).Distinct().ToList())
        {
            await foreach (var item in reader.ListAsync(type, new ListSelector(Labels: scope.Selector), ct))
            {
                found.Add(new Workload(ObjectReference.Of(type, item), item), new AppReason(AppReason.Added, $"has the labels {scope.Selector}"));
            }
        }
    }

    /// <summary>What owns no pods at the moment, and is of a type of its own.</summary>
    private async Task<Workload> SeekAsync(AppName name, WorkloadTree tree, CancellationToken ct)
    {
        foreach (var type in await api.TypesWithScaleAsync(ct))
        {
            var reference = new ObjectReference(type, name.Namespace ?? ns, name.Name);
            if (name.Names(reference, ns) && await api.FindAsync(reference, ct) is { } item)
            {
                tree.Add(type, item);
                return new Workload(reference, item);
            }
        }

        throw new RestoreException(
            ProblemCode.NotFound, $"{name} does not exist", $"--add was to find it in namespace {name.Namespace ?? ns}", $"cnpg-restore apps list {cluster} -n {ns}");
    }
}
