using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;

namespace CnpgRestore.Plans.Apps;

/// <summary>Finds what is stopped for a Cluster by what the objects themselves remember. Only reads.</summary>
public sealed class AppsStartPlanner(KubernetesApi api, string ns, string cluster)
{
    /// <param name="namespaces">Where to look; empty: everywhere.</param>
    /// <exception cref="RestoreException">Exit 12 where not everything may be seen or changed.</exception>
    public async Task<AppsStartPlan> PlanAsync(string run, IReadOnlyList<string> namespaces, TimeSpan timeout, CancellationToken ct)
    {
        var stopped = await StoppedApps.FindAsync(api, ns, cluster, namespaces, ct);
        var plan = new AppsStartPlan(run, ns, cluster, stopped.Apps, stopped.Copies, [.. stopped.Owners.Select(SuspendedOwner.Of)], timeout) { Unsearched = stopped.Unsearched };
        var problems = AppsStopPlanner.Unreadable(stopped.Unreadable, $"cnpg-restore apps start {cluster} -n {ns} --in NAMESPACE").ToList();
        problems.AddRange(plan.IsEmpty ? [] : await AccessPreflight.CheckAsync(api, plan.Access, ct));
        return problems.Count > 0 ? throw PreflightFailure.Of(problems) : plan;
    }
}
