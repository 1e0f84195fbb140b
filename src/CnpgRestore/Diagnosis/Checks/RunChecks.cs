using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>What an interrupted run leaves, and what it holds up. While a run is at work, all of it is as it should be.</summary>
static class RunChecks
{
    public static IEnumerable<Finding> Unfinished(Examination exam)
    {
        if (exam is { Run: { } run, Holder: null })
        {
            yield return exam.Found(
                ClusterAilments.RunUnfinished, $"run {run} is not finished, and nobody is at work on it",
                [new Evidence($"configmap cnpg-restore-{exam.Cluster} in namespace {exam.Namespace}", $"run {run}"), new Evidence($"lease cnpg-restore-{exam.Cluster}", "no holder, or expired")],
                ("run", run));
        }
    }

    public static IEnumerable<Finding> StoppedApps(Examination exam)
    {
        if (exam is { StoppedApps.Count: > 0, Holder: null })
        {
            yield return exam.Found(
                ClusterAilments.AppsLeftStopped, $"{string.Join(", ", exam.StoppedApps)} stand still for cluster {exam.Cluster}",
                exam.StoppedApps.Select(app => new Evidence(app, $"annotation cnpg-restore/stopped-for: {exam.Namespace}/{exam.Cluster}")));
        }
    }

    /// <summary>An unfinished run resumes what it has suspended; that is told once, by the run.</summary>
    public static IEnumerable<Finding> GitOps(Examination exam)
    {
        foreach (var owner in exam.Owners.Where(owner => owner.IsSuspended && exam is { Run: null, Holder: null }))
        {
            var found = exam.Found(
                ClusterAilments.GitOpsLeftSuspended, $"{owner.Kind} {owner.Name}, which owns the Cluster, is suspended",
                [new Evidence($"{owner.Kind} {owner.Name} in namespace {owner.Namespace}", owner.SuspendedBy is { } run ? $"suspended by run {run}" : "suspended by hand")],
                ("kind", owner.Kind.ToLowerInvariant()), ("name", owner.Name), ("ownernamespace", owner.Namespace ?? ""));
            yield return Command(owner) is { } command ? found with { Command = command } : found;
        }
    }

    /// <summary>What the run has noted is put back, auto-sync with the settings that it had. JSON of System.Text.Json holds no single quote.</summary>
    private static string? Command(GitOpsState owner) => owner switch
    {
        { Resume: { } patch } => $"kubectl patch {owner.Kind.ToLowerInvariant()} {owner.Name} -n {owner.Namespace} --type merge -p '{patch}'",
        { Kind: "Application" } => $"kubectl edit application {owner.Name} -n {owner.Namespace}",
        _ => null,
    };
}
