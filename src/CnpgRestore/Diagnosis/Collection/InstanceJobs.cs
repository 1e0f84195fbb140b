using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>The operator's Jobs, by what they are for ([cloudnative-pg] pkg/specs/jobs.go, pkg/reconciler/majorupgrade/job.go).</summary>
static class InstanceJobs
{
    private const string Join = "join";

    // Of the first instance, or of a further one that begins as a snapshot of another.
    private const string SnapshotRecovery = "snapshot-recovery";

    private static readonly string[] First = ["initdb", "import", "pgbasebackup", "full-recovery"];

    /// <summary>The Job that makes the first instance, or a former Cluster's that is still there.</summary>
    public static JsonObject? Bootstrap(Examination exam) =>
        Of(exam, role => First.Contains(role) || (role == SnapshotRecovery && !exam.HasPrimary)).FirstOrDefault();

    /// <summary>While one is there the Cluster stands still: the operator removes it when the image is the former one again.</summary>
    public static IEnumerable<JsonObject> FailedUpgrades(Examination exam) => Of(exam, role => role == "major-upgrade").Where(job => job.HasCondition("Failed"));

    /// <summary>Of further instances. A Job that has failed stays, also when the instance was made in the end.</summary>
    public static IEnumerable<JsonObject> FailedJoins(Examination exam) => exam.State is { IsHealthy: true } || !exam.HasPrimary
        ? [] : Of(exam, role => role is Join or SnapshotRecovery).Where(job => job.HasCondition("Failed") && !IsMade(exam, job.Text("metadata", "labels", CnpgNames.InstanceNameLabel)));

    private static bool IsMade(Examination exam, string? instance) => exam.Pods.Any(pod => exam.IsInstance(pod) && Owned.Name(pod) == instance);

    private static IEnumerable<JsonObject> Of(Examination exam, Func<string?, bool> isOfRole) =>
        exam.Jobs.Where(job => exam.IsOfCluster(job) && isOfRole(job.Text("metadata", "labels", CnpgNames.JobRoleLabel)));
}
