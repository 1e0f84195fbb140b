using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Plans.Clusters;
using static System.FormattableString;

namespace CnpgRestore.Plans.Apps;

/// <summary>The applications of a Cluster, to be stopped until nobody is connected to its database.</summary>
/// <param name="Owners">GitOps, the outermost first.</param>
/// <param name="Timeout">For the pods to be gone.</param>
/// <param name="Terminate">End the sessions that are left then.</param>
public sealed record AppsStopPlan(string Run, FoundApps Found, IReadOnlyList<SuspendedOwner> Owners, TimeSpan Timeout, bool Terminate, IReadOnlyList<string> Notes)
{
    public const string Verb = "apps-stop";

    /// <summary>What is changed, in this order: the autoscalers that have to be told, workloads, and at last what they connect through.</summary>
    public IReadOnlyList<(ObjectReference Reference, StopMethod Method)> Targets =>
    [
        .. Found.Apps.SelectMany(app => app.Autoscalers).Where(scaler => scaler.IsKeda).Select(scaler => (scaler.Reference, StopMethod.Pause)).Distinct(),
        .. Found.Apps.Where(app => app.Method is StopMethod.Scale or StopMethod.Suspend or StopMethod.Unschedule)
            .OrderBy(app => app.Reference.Type == ResourceTypes.Poolers).Select(app => (app.Reference, app.Method)),
    ];

    /// <summary>Whose pods are waited for.</summary>
    public IReadOnlyList<ObjectReference> Awaited => [.. Found.Apps.Where(app => app.Method != StopMethod.None).Select(app => app.Reference)];

    /// <summary>As annotations name the Cluster.</summary>
    public string Subject => $"{Found.Namespace}/{Found.Cluster}";

    /// <summary>What the API must permit.</summary>
    internal IEnumerable<(string Verb, ResourceType Type, string Namespace, string? Sub)> Access =>
    [
        ("create", ResourceTypes.Leases, Found.Namespace, null), ("update", ResourceTypes.Leases, Found.Namespace, null),
        .. ClusterAccess.Opening(Found.Namespace, "exec"),
        .. Targets.Select(target => ("patch", target.Reference.Type, target.Reference.Namespace!, (string?)null)),
        .. Targets.Where(target => target.Method == StopMethod.Scale).Select(target => ("patch", target.Reference.Type, target.Reference.Namespace!, (string?)"scale")),
        .. Owners.Select(owner => ("patch", owner.ToReference().Type, owner.Namespace, (string?)null)),
    ];

    private string Undo => $"cnpg-restore apps start {Found.Cluster} -n {Found.Namespace}";

    private string Apps => string.Join(", ", Targets.Select(target => AppName.Of(target.Reference)));

    public PlanStep SuspendGitOps => new("suspend-gitops", "suspend GitOps", string.Join(", ", Owners), $"suspends {string.Join(", ", Owners)}", Undo);

    public PlanStep Record => new("record-counts", "write on each workload what it is now", Apps, "annotations cnpg-restore/stopped-by, -for and -from", Undo);

    public PlanStep Stop => new("stop-workloads", "scale to 0, suspend, pause", Apps, Apps, Undo);

    public PlanStep WaitPods => new("wait-pods", "wait until their pods are gone", $"pods of {string.Join(", ", Awaited.Select(AppName.Of))}", "nothing", "nothing to undo");

    public PlanStep ProveNoSessions => new(
        "prove-no-sessions", "prove that nobody is connected", "pg_stat_activity of every instance", Terminate ? "ends the sessions that are left" : "nothing", "nothing to undo");

    public Plan ToPlan()
    {
        List<PlanStep> steps = Owners.Count > 0 ? [SuspendGitOps] : [];
        steps.AddRange([Record, Stop, WaitPods, ProveNoSessions]);
        var summary = Invariant($"stop {Counted.Of(Targets.Count, "workload that uses", "workloads that use")} cluster {Subject}: {(Targets.Count == 0 ? "none was found" : Apps)}");
        return new Plan(Verb, Subject, summary, steps, Notes);
    }
}
