using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>Whether what the Cluster says of itself can be believed, and whether it is to stay.</summary>
static class StatusChecks
{
    public static IEnumerable<Finding> Stale(Examination exam)
    {
        if (exam.IsStatusStale)
        {
            var ready = exam.ReadyPods.Select(Owned.Name).ToList();
            yield return exam.Found(
                ClusterAilments.StatusStale, $"the status of cluster {exam.Cluster} is stale: it says {exam.State!.ReadyInstances} ready, {ready.Count} {(ready.Count == 1 ? "pod is" : "pods are")}",
                [new Evidence($"cluster {exam.Cluster}", $"status.phase: {exam.State.Phase}, readyInstances: {exam.State.ReadyInstances}"),
                 new Evidence($"pods in namespace {exam.Namespace}", $"ready: {(ready.Count == 0 ? "none" : string.Join(", ", ready))}; of {exam.Pods.Count(exam.IsInstance)} instances")]);
        }
    }

    /// <summary>A run that is at work deletes it on purpose. The operator sets no finalizer: who holds the Cluster is somebody else, or its own parts go first.</summary>
    public static IEnumerable<Finding> Deletion(Examination exam)
    {
        if (exam is { State.IsBeingDeleted: true, Holder: null })
        {
            var finalizers = string.Join(", ", exam.Live.Items("metadata", "finalizers").Select(item => item.Text()));
            yield return exam.Found(
                ClusterAilments.BeingDeleted, $"cluster {exam.Cluster} is being deleted{(finalizers.Length == 0 ? "" : $", and {finalizers} holds it")}",
                [new Evidence($"cluster {exam.Cluster}, metadata", $"deletionTimestamp: {exam.Live.Text("metadata", "deletionTimestamp")}, finalizers: {(finalizers.Length == 0 ? "none" : finalizers)}")]);
        }
    }
}
