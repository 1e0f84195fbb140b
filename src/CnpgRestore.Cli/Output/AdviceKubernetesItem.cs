using CnpgRestore.Plans.Advice;

namespace CnpgRestore.Cli.Output;

/// <summary>What Kubernetes said, in <c>advise -o json</c>.</summary>
/// <param name="NotAsked">Why; absent where it was asked.</param>
/// <param name="OperatorRuns">Absent where it was not found or not permitted to look.</param>
/// <param name="Unknown">What could not be looked at, and why.</param>
sealed record AdviceKubernetesItem(
    string? NotAsked,
    ProblemItem? Problem,
    string? Server,
    bool Answers,
    bool CnpgInstalled,
    string? Operator,
    bool? OperatorRuns,
    bool ClusterGone,
    bool ClusterHealthy,
    string? ClusterPhase,
    int? ReadyInstances,
    int? Instances,
    bool? Archiving,
    string? SystemId,
    bool? SuperuserAccess,
    long? VolumeBytes,
    IReadOnlyList<string> GitopsOwners,
    IReadOnlyList<string> Unknown)
{
    public static AdviceKubernetesItem From(KubernetesSight seen) => new(
        seen.NotAsked,
        ProblemItem.From(seen.Problem),
        seen.Server,
        seen.Answers,
        seen.HasCnpg,
        seen.Operator,
        seen.OperatorRuns,
        seen.IsGone,
        seen.IsHealthy,
        seen.Cluster?.Phase,
        seen.Cluster?.ReadyInstances,
        seen.Cluster?.Instances,
        seen.Cluster?.IsArchiving,
        seen.Cluster?.SystemIdentifier?.ToString(),
        seen.SuperuserAccess,
        seen.VolumeSize?.Bytes,
        seen.Owners,
        seen.Unknown);
}
