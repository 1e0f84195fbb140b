using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;
using static System.FormattableString;

namespace CnpgRestore.Plans.Apps;

/// <summary>What is stopped for a Cluster, to become again what it was.</summary>
/// <param name="Copies">ReplicaSets to which Kubernetes has copied the notes of their Deployments.</param>
/// <param name="Owners">GitOps that was suspended for it; resumed last.</param>
/// <param name="Timeout">For the pods to be ready.</param>
public sealed record AppsStartPlan(
    string Run, string Namespace, string Cluster, IReadOnlyList<StoppedApp> Apps, IReadOnlyList<ObjectReference> Copies, IReadOnlyList<SuspendedOwner> Owners, TimeSpan Timeout)
{
    public const string Verb = "apps-start";

    /// <summary>What may not be listed, and may have been stopped all the same; one clause each.</summary>
    public IReadOnlyList<string> Unsearched { get; init; } = [];

    public bool IsEmpty => Apps.Count == 0 && Copies.Count == 0 && Owners.Count == 0;

    public string Subject => $"{Namespace}/{Cluster}";

    /// <summary>What the API must permit.</summary>
    internal IEnumerable<(string Verb, ResourceType Type, string Namespace, string? Sub)> Access =>
    [
        ("create", ResourceTypes.Leases, Namespace, null), ("update", ResourceTypes.Leases, Namespace, null),
        .. Apps.Select(app => ("patch", app.Reference.Type, app.Reference.Namespace!, (string?)null)),
        .. Copies.Select(copy => ("patch", copy.Type, copy.Namespace!, (string?)null)),
        .. Apps.Where(app => app.Method == StopMethod.Scale).Select(app => ("patch", app.Reference.Type, app.Reference.Namespace!, (string?)"scale")),
        .. Owners.Select(owner => ("patch", owner.ToReference().Type, owner.Namespace, (string?)null)),
    ];

    private string Undo => $"cnpg-restore apps stop {Cluster} -n {Namespace}";

    private string Names => string.Join(", ", Apps.Select(app => app.Replicas is { } replicas ? Invariant($"{app.Name} to {replicas}") : app.Name.ToString()));

    public PlanStep Start => new("start-workloads", "scale to the noted counts, resume schedules", "their annotations", Names, Undo);

    public PlanStep WaitReady => new("wait-ready", "wait until their pods are ready", $"pods of {Names}", "nothing", "nothing to undo");

    public PlanStep ResumeGitOps => new("resume-gitops", "resume GitOps", string.Join(", ", Owners), $"resumes {string.Join(", ", Owners)}", Undo);

    public PlanStep VerifyCounts => new("verify-counts", "verify the counts", Names, "nothing", "nothing to undo");

    public PlanStep Forget => new("forget", "remove the notes", Names, "annotations cnpg-restore/stopped-by, -for and -from", Undo);

    public Plan ToPlan()
    {
        List<PlanStep> steps = [Start, WaitReady];
        if (Owners.Count > 0)
        {
            steps.Add(ResumeGitOps);
        }

        steps.AddRange([VerifyCounts, Forget]);
        return new Plan(Verb, Subject, Invariant($"start {Counted.Of(Apps.Count, "workload")} of cluster {Subject} as before: {Names}"), steps, [.. Unsearched.Select(kind => $"not searched, as they may not be listed: {kind}")]);
    }
}
