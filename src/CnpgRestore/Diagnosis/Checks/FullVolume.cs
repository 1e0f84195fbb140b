using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>Which claim is full: with <c>spec.walStorage</c> an instance has two.</summary>
static class FullVolume
{
    /// <param name="text">What was said: of WAL, or of anything.</param>
    public static string ClaimOf(Examination exam, ContainerLog log, string text) =>
        Claim(exam, InstanceOf(exam, log), isWal: text.Contains("low-disk", StringComparison.Ordinal) || text.Contains("pg_wal", StringComparison.Ordinal));

    /// <summary>The operator says it of any instance; its log says of which, and is then the better evidence.</summary>
    public static Finding? Of(Examination exam, IReadOnlyList<Evidence> evidence) => LogChecks.Recovery(exam).Any(finding => finding.Id == RecoveryAilments.VolumeFull.Id) ? null : exam.Found(
        RecoveryAilments.VolumeFull, $"the operator has found too little space for WAL in a volume of cluster {exam.Cluster}", evidence,
        ("claim", Claim(exam, exam.State?.CurrentPrimary ?? $"{exam.Cluster}-1", isWal: true)));

    private static string InstanceOf(Examination exam, ContainerLog log) => log.Job is null
        ? log.Pod : exam.Jobs.FirstOrDefault(job => Owned.Name(job) == log.Job).Text("metadata", "labels", CnpgNames.InstanceNameLabel) ?? $"{exam.Cluster}-1";

    // [cloudnative-pg] pkg/specs/pvcs.go: the claim of WAL is called like the instance, with a suffix.
    private static string Claim(Examination exam, string instance, bool isWal) => isWal && exam.Live.At("spec", "walStorage") is JsonObject ? $"{instance}-wal" : instance;
}
