using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.Clusters;
using static System.FormattableString;

namespace CnpgRestore.Plans.FromDump;

/// <summary>A Cluster that is made new and filled from a dump, looked at and decided.</summary>
/// <param name="Manifest">The Cluster as it will be created.</param>
/// <param name="Former">The Cluster that is there now and has to go; null where there is none.</param>
/// <param name="Move">The renaming of the archive's present content; null where nothing is moved.</param>
/// <param name="Load">Of the dump, once the new Cluster is there.</param>
/// <param name="Store">The bucket's address; empty where there is none.</param>
public sealed record FreshPlan(
    FreshDecision Decision, JsonObject Manifest, JsonObject? Former, string Store, FolderMovePlan? Move, FromDumpPlan Load, IReadOnlyList<string> Notes)
{
    /// <summary>The new Cluster is there, so the applications were stopped before.</summary>
    public bool IsCreated { get; init; }

    private string Cluster => $"cluster {Decision.Cluster} in namespace {Decision.Namespace}";

    public ClusterSteps Steps => new(Decision, Store);

    public PlanStep CreateCluster => Steps.Create("create the Cluster, new and empty", string.Join(", ", Decision.Files));

    public PlanStep Bootstrap => new("bootstrap", "wait until the new Cluster is healthy", $"{Cluster}, its Job, pods, logs and events", "nothing", "nothing to undo");

    /// <summary>The empty database that initdb has made, whose name the loaded one has by now.</summary>
    public PlanStep DropEmpty => new("drop-empty", $"drop {Load.Decision.Former}, which is the empty one", Cluster, $"drops {Load.Decision.Former}", "nothing to undo");

    /// <summary>What the API must permit.</summary>
    internal IEnumerable<(string Verb, ResourceType Type, string Namespace, string? Sub)> Access => ClusterAccess.OfFresh(Decision, Former is not null);

    public Plan ToPlan()
    {
        List<PlanStep> steps = [Steps.Record];
        Add(Decision.Owners.Count > 0, Steps.SuspendGitOps);
        Add(Former is not null, Steps.StopCluster);
        steps.AddRange(Move?.ToPlan().Steps ?? []);
        Add(Decision.Apply != ApplyMode.Api, Steps.WriteManifest);
        steps.AddRange([CreateCluster, Bootstrap, .. Load.ToPlan().Steps]);
        Add(Load.Decision.Former is not null, DropEmpty);
        Add(Decision.TakesFirstBackup, Steps.FirstBackup);
        Add(Decision.Owners.Count > 0, Steps.ResumeGitOps);
        var summary = Invariant(
            $"{(Former is null ? "create" : "delete, and create again,")} {Cluster}, and load {Load.Decision.Dump} into {Load.Decision.Database}: {Counted.Of(Load.Content.Tables.Count, "table")} with data, {Counted.Of(Load.Content.Rows, "row")}{(Decision.Archive.Length == 0 ? "" : $"; archive to {Decision.Archive}/")}");
        return new Plan("from-dump", SubjectOf(Decision.Namespace, Decision.Cluster), summary, steps, [.. Notes, .. Load.Notes]);

        void Add(bool isNeeded, PlanStep step)
        {
            if (isNeeded)
            {
                steps.Add(step);
            }
        }
    }

    /// <summary>Names the same cluster for journals and local locks.</summary>
    public static string SubjectOf(string ns, string cluster) => $"{ns}/{cluster}";
}
