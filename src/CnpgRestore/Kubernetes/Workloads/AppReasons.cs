using CnpgRestore.Kubernetes.DumpLoad;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>Gathers, by outermost owner, why workloads are taken for applications. What belongs to the Cluster itself, or to a run, is none.</summary>
sealed class AppReasons(WorkloadTree tree, string ns, string cluster)
{
    private readonly Dictionary<string, (Workload Workload, List<AppReason> Reasons, int Sessions)> _found = new(StringComparer.Ordinal);

    public IEnumerable<(Workload Workload, IReadOnlyList<AppReason> Reasons)> ByWorkload =>
        _found.Values.Select(entry => (entry.Workload, (IReadOnlyList<AppReason>)[.. entry.Reasons.Distinct()]));

    /// <param name="asNamed">The workload itself, not its owner.</param>
    public void Add(Workload workload, AppReason reason, bool asNamed = false)
    {
        var app = asNamed ? workload : tree.OutermostOf(workload);
        if (!IsOfCluster(app) && !IsOfRun(app))
        {
            (_found.TryGetValue(app.Uid, out var entry) ? entry : _found[app.Uid] = (app, [], 0)).Reasons.Add(reason);
        }
    }

    /// <summary>Sessions of a pod whose reason was added.</summary>
    public void Count(Workload pod, int sessions)
    {
        if (_found.TryGetValue(tree.OutermostOf(pod).Uid, out var entry))
        {
            _found[tree.OutermostOf(pod).Uid] = entry with { Sessions = entry.Sessions + sessions };
        }
    }

    public int SessionsOf(Workload app) => _found[app.Uid].Sessions;

    // An instance's pod and the Job before it have the Cluster as their owner, and name its host like any client.
    private bool IsOfCluster(Workload app) => app.Reference.Namespace == ns && ((app.Reference.Type == ResourceTypes.Clusters && app.Reference.Name == cluster)
        || (app.Controller.Text("kind") == ResourceTypes.Clusters.Kind && app.Controller.Text("name") == cluster));

    // The Job that loads for a run names the host of the Cluster, too: a run that goes on waits for it where it loads, not among the applications. One
    // that a person applies from Git has no run's label, and is waited for like any client.
    private static bool IsOfRun(Workload app) => app.Object.Text("metadata", "labels", PsqlJob.RunLabel) is not null;
}
