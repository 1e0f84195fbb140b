using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>Pods of the Cluster that do not come into being, or wait for a volume: only events say so.</summary>
static class PodEventChecks
{
    private const int EventsShown = 2;

    /// <summary>Kubernetes keeps an event for an hour: what has its pod by now, or has ended, is over it.</summary>
    public static IEnumerable<Finding> Refused(Examination exam)
    {
        foreach (var job in exam.Jobs.Where(job => exam.IsOfCluster(job) && !job.HasCondition("Complete")).Select(Owned.Name).Where(job => exam.KnowsPods && exam.Pods.All(pod => Owned.JobOf(pod) != job)))
        {
            if (Told(exam, $"Job {job}", "FailedCreate") is { Count: > 0 } told)
            {
                yield return exam.Found(InstanceAilments.PodNotCreated, $"Kubernetes refuses the pod of job {job}", told, ("job", job));
            }
        }
    }

    public static IEnumerable<Finding> Waiting(Examination exam)
    {
        foreach (var pod in exam.Pods.Where(pod => exam.IsOfCluster(pod) && pod.Text("status", "phase") == "Pending").Select(Owned.Name))
        {
            if (Told(exam, $"Pod {pod}", "FailedMount", "FailedAttachVolume") is { Count: > 0 } told)
            {
                yield return exam.Found(InstanceAilments.VolumeNotMounted, $"pod {pod} waits for a volume", told, ("pod", pod));
            }
        }
    }

    private static IReadOnlyList<Evidence> Told(Examination exam, string about, params IReadOnlyList<string> reasons) =>
        [.. exam.Events.Where(told => told.About == about && reasons.Contains(told.Reason)).TakeLast(EventsShown).Select(told => new Evidence(told.About, $"{told.Reason}: {OneLine(told)}"))];

    private static string OneLine(ClusterEvent told) => string.Join(' ', told.Message.Split('\n', StringSplitOptions.TrimEntries));
}
