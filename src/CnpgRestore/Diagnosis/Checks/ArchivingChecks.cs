using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>A Cluster that serves and does not archive: Ready says nothing of it.</summary>
static class ArchivingChecks
{
    public static IEnumerable<Finding> Look(Examination exam)
    {
        if (exam.State is not { IsArchiving: false } state || state.Condition(ClusterCondition.ContinuousArchiving) is not { } condition)
        {
            yield break;
        }

        yield return exam.Found(
            ClusterAilments.NotArchiving, $"cluster {exam.Cluster} does not archive, since {condition.Since?.ToUniversalTime():u}",
            [new Evidence($"cluster {exam.Cluster}, condition {condition.Type}", $"{condition.Reason}: {condition.Message}")], ("pod", state.CurrentPrimary ?? $"{exam.Cluster}-1"));
    }
}
