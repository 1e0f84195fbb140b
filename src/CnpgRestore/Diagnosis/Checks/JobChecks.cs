using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>Jobs of a Cluster that has its data: they upgrade it, or make further instances of it.</summary>
static class JobChecks
{
    // The reason stands at the end.
    private const int LinesShown = 3;

    public static IEnumerable<Finding> Upgrade(Examination exam)
    {
        foreach (var job in InstanceJobs.FailedUpgrades(exam))
        {
            var former = exam.Live.Text("status", "pgDataImageInfo", "image");
            var found = exam.Found(
                ClusterAilments.UpgradeFailed, $"job {Owned.Name(job)} has failed, and cluster {exam.Cluster} stands still", EvidenceOf(exam, job), ("image", former ?? "IMAGE"), ("job", Owned.Name(job)));
            // An image of a catalogue has no name of its own in the Cluster.
            yield return former is null || exam.Live.At("spec", "imageCatalogRef") is not null ? found with { Command = $"kubectl edit cluster {exam.Cluster} -n {exam.Namespace} && kubectl delete job {Owned.Name(job)} -n {exam.Namespace} --ignore-not-found" } : found;
        }
    }

    /// <summary>Where the operator has given up for it, that is the finding.</summary>
    public static IEnumerable<Finding> Join(Examination exam)
    {
        foreach (var job in InstanceJobs.FailedJoins(exam).Where(_ => exam.State!.Phase != ClusterPhase.Unrecoverable))
        {
            yield return exam.Found(
                ClusterAilments.JoinFailed, $"job {Owned.Name(job)} has failed for good: a standby of cluster {exam.Cluster} is missing", EvidenceOf(exam, job), ("job", Owned.Name(job)));
        }
    }

    /// <summary>Why Kubernetes calls a Job failed.</summary>
    public static Evidence Failure(Examination exam, JsonObject job)
    {
        var why = job.Items("status", "conditions").First(condition => condition.Text("type") == "Failed");
        return new Evidence($"job {Owned.Name(job)} in namespace {exam.Namespace}", $"{why.Text("reason")}: {why.Text("message")}");
    }

    private static IEnumerable<Evidence> EvidenceOf(Examination exam, JsonObject job)
    {
        var name = Owned.Name(job);
        yield return Failure(exam, job);
        foreach (var log in exam.Logs.Where(log => log.Job == name).TakeLast(1))
        {
            foreach (var line in log.Lines.TakeLast(LinesShown))
            {
                yield return new Evidence(log.Place, LogRecord.Parse(line).Text);
            }
        }
    }
}
