using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>A recovery of a cluster from its bucket, looked at and decided.</summary>
/// <param name="Manifest">The Cluster as it will be created.</param>
/// <param name="Former">The Cluster that is there now and has to go; null where there is none.</param>
/// <param name="Move">The renaming of the archive's present content; null where nothing is moved.</param>
public sealed record FromBackupPlan(
    FromBackupDecision Decision, JsonObject Manifest, JsonObject? Former, string Store, FolderMovePlan? Move, string Summary, IReadOnlyList<string> Notes)
{
    /// <summary>The former Cluster writes into the folder that is recovered from, so what it has not archived yet belongs there.</summary>
    public bool FormerArchivesToOrigin => Former is not null && ClusterManifest.Read(Former, _ => null).Destination?.ServerName == Decision.OriginFolder;

    private string Cluster => $"cluster {Decision.Cluster} in namespace {Decision.Namespace}";

    public ClusterSteps Steps => new(Decision, Store);

    public PlanStep CreateCluster => Steps.Create("create the Cluster from the backup", $"{Store}/{Decision.Source}/");

    public PlanStep Recover => new("recover", "watch the recovery", $"{Cluster}, its Job, pods, logs and events", "nothing", "nothing to undo");

    public PlanStep ProveData => new(
        "prove-data", "prove what came back", $"the database and {Store}/{Decision.Archive}/", "switches to a new WAL segment", "nothing to undo");

    /// <summary>What the API must permit.</summary>
    internal IEnumerable<(string Verb, ResourceType Type, string Namespace, string? Sub)> Access => ClusterAccess.Of(Decision, Former is not null);

    public Plan ToPlan()
    {
        List<PlanStep> steps = [Steps.Record];
        if (Decision.Owners.Count > 0)
        {
            steps.Add(Steps.SuspendGitOps);
        }

        if (Former is not null)
        {
            steps.Add(Steps.StopCluster);
        }

        if (Move is not null)
        {
            steps.AddRange(Move.ToPlan().Steps);
        }

        if (Decision.Apply != ApplyMode.Api)
        {
            steps.Add(Steps.WriteManifest);
        }

        steps.AddRange([CreateCluster, Recover, ProveData, Steps.FirstBackup]);
        if (Decision.Owners.Count > 0)
        {
            steps.Add(Steps.ResumeGitOps);
        }

        return new Plan("from-backup", SubjectOf(Decision.Namespace, Decision.Cluster), Summary, steps, Notes);
    }

    /// <summary>Names the same cluster for journals and local locks.</summary>
    public static string SubjectOf(string ns, string cluster) => $"{ns}/{cluster}";
}
