using CnpgRestore.Cli.Output;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Plans.Apps;

namespace CnpgRestore.Cli.Commands;

/// <summary>The applications of the Cluster that a dump is restored into: stopped before it is touched, started when the restored database is there.</summary>
sealed class FromDumpApps(CliSession session, KubernetesApi api, string cluster)
{
    private static readonly TimeSpan UntilGone = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UntilReady = TimeSpan.FromMinutes(5);

    private readonly AppsCarrier _carrier = new(session, api, cluster, dryRun: false, isPart: true);
    private AppsStopPlan? _plan;

    /// <summary>How they are started when the run cannot.</summary>
    public string StartCommand => $"cnpg-restore apps start {cluster} -n {api.Namespace}";

    /// <summary>Finds and shows who is stopped.</summary>
    /// <exception cref="RestoreException">Exit 12 or 15: somebody may not be seen, or not be stopped.</exception>
    public async Task PlanAsync(bool isResult, CancellationToken ct)
    {
        _plan = await new AppsStopPlanner(api, api.Namespace, cluster).PlanAsync(_carrier.NewRun(AppsStopPlan.Verb).Value, new AppScope(), UntilGone, terminate: false, ct);
        RunOutput.ShowPlan(session, _plan.ToPlan(), isResult);
    }

    /// <summary>As planned before.</summary>
    /// <exception cref="RestoreException">Exit 20: somebody is connected all the same.</exception>
    public async Task StopAsync(CancellationToken ct)
    {
        if (await _carrier.StopAsync(_plan!, ct) != 0)
        {
            throw StillConnected("what it writes from now on would be lost");
        }
    }

    /// <summary>Applications come back by themselves, or somebody brings them back.</summary>
    /// <exception cref="RestoreException">Exit 20: somebody is connected by now.</exception>
    public async Task DemandStoppedAsync(CancellationToken ct)
    {
        if (await new ClusterSessions(api, api.Namespace, cluster).ListAsync(ct) is [var first, ..])
        {
            throw StillConnected(first.What);
        }
    }

    /// <summary>For the whole run: nobody recovers, stops or starts the same Cluster meanwhile.</summary>
    public Task<RunLease> TakeLeaseAsync(string run, CancellationToken ct) =>
        RunLease.TakeAsync(api, api.Namespace, cluster, new LeaseHolder(run, Environment.MachineName, Environment.ProcessId), session.Clock, ct);

    /// <summary>Shows who would be started now. What may not be seen is no reason to leave a database as it is: <see cref="StartAsync"/> says so in the end.</summary>
    /// <returns>Whether anybody would.</returns>
    public async Task<bool> PlanStartAsync(bool isResult, CancellationToken ct)
    {
        try
        {
            var plan = await new AppsStartPlanner(api, api.Namespace, cluster).PlanAsync(_carrier.NewRun(AppsStartPlan.Verb).Value, [], UntilReady, ct);
            if (!plan.IsEmpty)
            {
                RunOutput.ShowPlan(session, plan.ToPlan(), isResult);
            }

            return !plan.IsEmpty;
        }
        catch (RestoreException e)
        {
            session.Progress.Line($"warning: which applications are to be started is not known: {e.Problem.Message}; when the database may be used: {StartCommand}");
            return false;
        }
    }

    /// <returns>The exit code: 0 everything is back, 3 something is not.</returns>
    public async Task<int> StartAsync(CancellationToken ct)
    {
        var plan = await new AppsStartPlanner(api, api.Namespace, cluster).PlanAsync(_carrier.NewRun(AppsStartPlan.Verb).Value, [], UntilReady, ct);
        return plan.IsEmpty ? 0 : await _carrier.StartAsync(plan, ct);
    }

    private RestoreException StillConnected(string detail) => new(
        ProblemCode.Stopped,
        $"somebody is connected to cluster {cluster}",
        detail,
        $"cnpg-restore apps stop {cluster} -n {api.Namespace} --terminate, then the same command again; or take the run back (runs undo) and restore beside them with --keep-apps");
}
