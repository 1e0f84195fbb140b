using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>Phases in which the operator waits for a person, each for something else: none of them passes by itself.</summary>
static class PhaseChecks
{
    public static bool IsKnown(string phase) => phase is ClusterPhase.NoDiskSpace or ClusterPhase.WaitingForUser or ClusterPhase.StatusUnreachable;

    public static IEnumerable<Finding> Look(Examination exam)
    {
        if (exam.State is { } state && Of(exam, state, [new Evidence($"cluster {exam.Cluster}", $"status.phase: {state.Phase}{(state.PhaseReason is { } reason ? $"; {reason}" : "")}")]) is { } finding)
        {
            yield return finding;
        }
    }

    private static Finding? Of(Examination exam, CnpgCluster state, IReadOnlyList<Evidence> evidence) => state.Phase switch
    {
        ClusterPhase.NoDiskSpace => FullVolume.Of(exam, evidence),
        ClusterPhase.WaitingForUser => exam.Found(InstanceAilments.SwitchoverAwaited, $"cluster {exam.Cluster} waits until a person switches over or restarts its primary {state.CurrentPrimary}", evidence),
        ClusterPhase.StatusUnreachable => exam.Found(InstanceAilments.StatusUnreachable, $"the operator reaches no instance of cluster {exam.Cluster}", evidence),
        _ => null,
    };
}
