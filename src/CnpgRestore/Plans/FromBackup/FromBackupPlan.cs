using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>A recovery of a cluster from its bucket, looked at and decided.</summary>
/// <param name="Manifest">The Cluster as it will be created.</param>
/// <param name="Former">The Cluster that is there now and has to go; null where there is none.</param>
/// <param name="Move">The renaming of the archive's present content; null where nothing is moved.</param>
public sealed record FromBackupPlan(
    FromBackupDecision Decision, JsonObject Manifest, JsonObject? Former, string Store, FolderMovePlan? Move, string Summary, IReadOnlyList<string> Notes)
{
    /// <summary>The step from which on the former cluster is gone.</summary>
    public const string StopClusterId = "stop-cluster";

    private string Cluster => $"cluster {Decision.Cluster} in namespace {Decision.Namespace}";

    private string Files => Decision.Files.Count > 0 ? string.Join(", ", Decision.Files) : $"{Decision.Cluster}.yaml";

    private string Owners => string.Join(", ", Decision.Owners);

    public PlanStep Record => new(
        "record", "write the run down in the cluster", Cluster, $"ConfigMap and Lease cnpg-restore-{Decision.Cluster}", "removed at the end");

    public PlanStep SuspendGitOps => new("suspend-gitops", "suspend GitOps", Owners, $"suspends {Owners}", $"cnpg-restore runs undo {Decision.Run} -n {Decision.Namespace}");

    public PlanStep StopCluster => new(
        StopClusterId,
        "delete the Cluster and wait until its pods and volumes are gone",
        Cluster,
        $"deletes {Cluster} with its pods, volumes and generated Secrets",
        "none: from here on, the backup is what is left")
    {
        Destructive = true,
    };

    public PlanStep WriteManifest => new(
        "write-manifest",
        Decision.Apply == ApplyMode.Git ? "edit the manifest and commit it" : "edit the manifest",
        Files,
        Decision.Apply == ApplyMode.Git ? $"writes {Files}, commits{(Decision.Push ? ", pushes" : "")}" : $"writes {Files}",
        Decision.Apply == ApplyMode.Git ? "git revert" : $"{Files}.before holds the former text");

    public PlanStep CreateCluster => new(
        "create-cluster",
        Decision.Apply == ApplyMode.None ? "wait until the manifest is applied" : "create the Cluster from the backup",
        $"{Store}/{Decision.Source}/",
        Cluster,
        $"delete {Cluster}");

    public PlanStep Recover => new("recover", "watch the recovery", $"{Cluster}, its Job, pods, logs and events", "nothing", "nothing to undo");

    public PlanStep ProveData => new(
        "prove-data", "prove what came back", $"the database and {Store}/{Decision.Archive}/", "switches to a new WAL segment", "nothing to undo");

    public PlanStep FirstBackup => new(
        "first-backup", "take the first base backup of the new cluster", Cluster, $"writes to {Store}/{Decision.Archive}/base/", $"cnpg-restore backups list --server {Decision.Archive}");

    public PlanStep ResumeGitOps => new("resume-gitops", "resume GitOps", Owners, $"resumes {Owners}", "suspend them again");

    /// <summary>What the API must permit.</summary>
    internal IEnumerable<(string Verb, ResourceType Type, string Namespace, string? Sub)> Access
    {
        get
        {
            var ns = Decision.Namespace;
            List<(string Verb, ResourceType Type, string Namespace, string? Sub)> needed =
            [
                ("create", ResourceTypes.ConfigMaps, ns, null), ("delete", ResourceTypes.ConfigMaps, ns, null),
                ("create", ResourceTypes.Leases, ns, null), ("update", ResourceTypes.Leases, ns, null),
                ("get", ResourceTypes.Clusters, ns, null), ("watch", ResourceTypes.Clusters, ns, null), ("create", ResourceTypes.Clusters, ns, null),
                ("list", ResourceTypes.Pods, ns, null), ("get", ResourceTypes.Pods, ns, "log"), ("create", ResourceTypes.Pods, ns, "exec"),
                ("list", ResourceTypes.Jobs, ns, null), ("list", ResourceTypes.PersistentVolumeClaims, ns, null), ("list", ResourceTypes.Events, ns, null),
                ("create", ResourceTypes.Backups, ns, null),
                .. Decision.Owners.Select(owner => ("patch", owner.ToReference().Type, owner.Namespace, (string?)null)),
            ];
            if (Former is not null)
            {
                needed.Add(("delete", ResourceTypes.Clusters, ns, null));
            }

            return needed;
        }
    }

    public Plan ToPlan()
    {
        List<PlanStep> steps = [Record];
        if (Decision.Owners.Count > 0)
        {
            steps.Add(SuspendGitOps);
        }

        if (Former is not null)
        {
            steps.Add(StopCluster);
        }

        if (Move is not null)
        {
            steps.AddRange(Move.ToPlan().Steps);
        }

        if (Decision.Apply != ApplyMode.Api)
        {
            steps.Add(WriteManifest);
        }

        steps.AddRange([CreateCluster, Recover, ProveData, FirstBackup]);
        if (Decision.Owners.Count > 0)
        {
            steps.Add(ResumeGitOps);
        }

        return new Plan("from-backup", SubjectOf(Decision.Namespace, Decision.Cluster), Summary, steps, Notes);
    }

    /// <summary>Names the same cluster for journals and local locks.</summary>
    public static string SubjectOf(string ns, string cluster) => $"{ns}/{cluster}";
}
