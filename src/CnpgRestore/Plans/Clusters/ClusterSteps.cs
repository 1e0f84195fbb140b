namespace CnpgRestore.Plans.Clusters;

/// <summary>The steps by which every run replaces a Cluster.</summary>
/// <param name="store">The bucket's address; empty where the Cluster takes no backups.</param>
public sealed class ClusterSteps(ClusterDecision decision, string store)
{
    /// <summary>The step from which on the former cluster is gone.</summary>
    private const string StopClusterId = "stop-cluster";

    private string Cluster => $"cluster {decision.Cluster} in namespace {decision.Namespace}";

    private string Files => decision.Files.Count > 0 ? string.Join(", ", decision.Files) : $"{decision.Cluster}.yaml";

    private string Owners => string.Join(", ", decision.Owners);

    public PlanStep Record => new(
        "record", "write the run down in the cluster", Cluster, $"ConfigMap and Lease cnpg-restore-{decision.Cluster}", "removed at the end");

    public PlanStep SuspendGitOps => new("suspend-gitops", "suspend GitOps", Owners, $"suspends {Owners}", $"cnpg-restore runs undo {decision.Run} -n {decision.Namespace}");

    public PlanStep StopCluster => new(
        StopClusterId,
        "delete the Cluster and wait until its pods and volumes are gone",
        Cluster,
        $"deletes {Cluster} with its pods, volumes and generated Secrets",
        $"none: from here on, {decision.Remains}")
    {
        Destructive = true,
    };

    public PlanStep WriteManifest => new(
        "write-manifest",
        decision.Apply == ApplyMode.Git ? "edit the manifest and commit it" : "edit the manifest",
        Files,
        decision.Apply == ApplyMode.Git ? $"writes {Files}, commits{(decision.Push ? ", pushes" : "")}" : $"writes {Files}",
        decision.Apply == ApplyMode.Git ? "git revert" : $"{Files}.before holds the former text");

    public PlanStep FirstBackup => new(
        "first-backup", "take the first base backup of the new cluster", Cluster, $"writes to {store}/{decision.Archive}/base/", $"cnpg-restore backups list --server {decision.Archive}");

    public PlanStep ResumeGitOps => new("resume-gitops", "resume GitOps", Owners, $"resumes {Owners}", "suspend them again");

    /// <summary>The creation, as what it is.</summary>
    public PlanStep Create(string title, string reads) => new(
        "create-cluster", decision.Apply == ApplyMode.None ? "wait until the manifest is applied" : title, reads, Cluster, $"delete {Cluster}");
}
