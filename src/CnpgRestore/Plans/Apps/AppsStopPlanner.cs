using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Kubernetes.Workloads;
using static System.FormattableString;

namespace CnpgRestore.Plans.Apps;

/// <summary>Looks who uses a Cluster's database and plans how they are stopped, or says why not. Only reads.</summary>
public sealed class AppsStopPlanner(KubernetesApi api, string ns, string cluster)
{
    /// <exception cref="RestoreException">Exit 10: there is no such Cluster, and nothing names one; 12 or 15 with everything that stands in the way.</exception>
    public async Task<AppsStopPlan> PlanAsync(string run, AppScope scope, TimeSpan timeout, bool terminate, CancellationToken ct)
    {
        var found = await new AppSurvey(api, ns, cluster).FindAsync(scope, ct);
        var problems = Unreadable(found.Unreadable, $"cnpg-restore apps stop {cluster} -n {ns} --in NAMESPACE").ToList();
        if (found is { Exists: false, Apps.Count: 0 })
        {
            problems.Add(new Problem(
                ProblemCode.NotFound, $"cluster {cluster} does not exist in namespace {ns}", "and nothing that names its Services or Secrets was found",
                $"kubectl get clusters -n {ns}"));
        }

        problems.AddRange(found.Apps.Where(app => app.Stopped is { } stopped && stopped.Cluster != $"{ns}/{cluster}").Select(StoppedForAnother));
        var owners = new List<SuspendedOwner>();
        var gitOps = new GitOpsOwners(api);
        foreach (var app in found.Apps.Where(app => app.Method is not (StopMethod.None or StopMethod.Wait)))
        {
            owners.AddRange((await GitOpsPreflight.FindAsync(gitOps, app.Object, app.Reference, problems, ct)).Where(owner => !owners.Contains(owner)));
        }

        var plan = new AppsStopPlan(run, found, owners, timeout, terminate, [.. Notes(found, terminate)]);
        problems.AddRange(await AccessPreflight.CheckAsync(api, plan.Access, ct));
        return problems.Count > 0 ? throw PreflightFailure.Of(problems) : plan;
    }

    /// <summary>Whoever is not seen would go on writing.</summary>
    /// <param name="hint">The command that looks only where it is permitted.</param>
    internal static IEnumerable<Problem> Unreadable(IReadOnlyList<string> unreadable, string hint) => unreadable.Count == 0 ? [] :
    [
        new Problem(
            ProblemCode.AccessDenied,
            $"not permitted to list {string.Join(", ", unreadable)}",
            "there may be applications that nobody would see",
            $"ask for the permission, or name the namespaces that count: {hint}"),
    ];

    private static Problem StoppedForAnother(App app) => new(
        ProblemCode.Refused,
        $"{app.Name} is stopped for cluster {app.Stopped!.Cluster}",
        $"run {app.Stopped.Run} has noted what it was; starting it there would start it here",
        $"cnpg-restore apps start {app.Stopped.Cluster.Split('/')[1]} -n {app.Stopped.Cluster.Split('/')[0]}, or leave it alone with --remove {app.Name}");

    private static IEnumerable<string> Notes(FoundApps found, bool terminate)
    {
        foreach (var app in found.Apps)
        {
            var sessions = app.Sessions > 0 ? Invariant($", and has {app.Sessions} sessions{(terminate ? "" : " that --terminate would end")}") : "";
            if (app.Method == StopMethod.None)
            {
                yield return $"{app.Name} is not stopped: {app.Obstacle}{sessions}";
            }

            if (app is { Method: StopMethod.Wait or StopMethod.Suspend, Pods: > 0 })
            {
                yield return Invariant($"{app.Name} has {app.Pods} running pods, whose end is waited for{sessions}");
            }

            if (app.Stopped is { } stopped)
            {
                yield return $"{app.Name} was stopped by run {stopped.Run}; what that has noted stays ({stopped.Before})";
            }

            foreach (var owner in app.Object.Items("metadata", "ownerReferences").Where(owner => owner.Flag("controller") == true))
            {
                yield return $"{app.Name} is owned by {owner.Text("kind")} {owner.Text("name")}, whose operator may bring it back";
            }

            foreach (var scaler in app.Autoscalers.Where(scaler => scaler is { IsKeda: false, Minimum: 0 }))
            {
                yield return $"{scaler.Reference} allows 0 replicas and so does not rest at 0: it may bring {app.Name} back";
            }
        }

        if (found.SessionsProblem is { } problem)
        {
            yield return $"who is connected is not known: {problem}";
        }

        foreach (var outside in found.Outside)
        {
            yield return $"{outside.What} from {outside.Address ?? "the instance's own socket"}, which is no application's pod";
        }
    }
}
