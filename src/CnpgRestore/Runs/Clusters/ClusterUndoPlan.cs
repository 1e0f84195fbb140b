using CnpgRestore.Plans;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Runs.Clusters;

/// <summary>What taking a run back does, looked at and decided.</summary>
/// <param name="Created">Uid of the Cluster that the run has created, and that goes; null where there is none.</param>
/// <param name="Commit">Of the manifest, abbreviated, as it is taken back; null where there is none.</param>
/// <param name="Moves">The folders that are renamed, in this order; none where nothing was.</param>
/// <param name="Held">What GitOps is let go on with.</param>
public sealed record ClusterUndoPlan(
    ClusterDecision Decision, string? Created, string? Commit, IReadOnlyList<FolderMovePlan> Moves, IReadOnlyList<SuspendedOwner> Held, IReadOnlyList<string> Notes)
{
    private string Cluster => $"cluster {Decision.Cluster} in namespace {Decision.Namespace}";

    private string Again => $"cnpg-restore {Decision.Command} {Decision.Cluster} -n {Decision.Namespace}";

    /// <summary>The run found no Cluster, so what it has made and moved is taken back as well; otherwise it had only suspended something.</summary>
    public bool TakesBack => Decision.FormerUid is null;

    public PlanStep DeleteCluster => new(
        "delete-cluster",
        "delete the Cluster that this run created",
        Cluster,
        $"deletes {Cluster} with its pods, volumes and generated Secrets; what was written to it since is lost",
        Again)
    {
        Destructive = true,
    };

    public PlanStep Revert => new(
        "revert",
        Commit is null ? "revert the commit of the manifest: there is none" : $"revert the commit {Commit} of the manifest",
        string.Join(", ", Decision.Files),
        Commit is null ? "nothing" : $"a new commit takes {Commit} back{(Decision.Push ? ", and is pushed" : "")}",
        Again);

    public PlanStep ResumeGitOps => new(
        "resume-gitops",
        "resume GitOps",
        string.Join(", ", Decision.Owners),
        Held.Count == 0 ? "nothing: no run has suspended any" : $"resumes {string.Join(", ", Held)}",
        Again);

    public PlanStep Forget => new("forget", "remove the record of the run", Cluster, $"deletes {RunRecord.ReferenceOf(Decision.Namespace, Decision.Cluster)}", Again);

    public Plan ToPlan()
    {
        List<PlanStep> steps = Created is null ? [] : [DeleteCluster];
        if (TakesBack && Decision.Apply == ApplyMode.Git)
        {
            steps.Add(Revert);
        }

        steps.AddRange(Moves.SelectMany(move => move.ToPlan().Steps));
        if (Decision.Owners.Count > 0)
        {
            steps.Add(ResumeGitOps);
        }

        return new Plan("undo", $"{Decision.Namespace}/{Decision.Cluster}", $"take run {Decision.Run} back: {string.Join("; ", Clauses())}", [.. steps, Forget], Notes);
    }

    private IEnumerable<string> Clauses()
    {
        if (!TakesBack)
        {
            yield return $"{Cluster} was not touched and stays";
        }
        else
        {
            yield return Created is null ? $"there is no {Cluster} of this run" : $"delete {Cluster}, which it created";
        }

        if (Commit is not null)
        {
            yield return $"revert the commit {Commit}";
        }

        foreach (var (index, move) in Moves.Index())
        {
            var aside = index < Moves.Count - 1 ? ", which sets aside what is there now" : "";
            yield return $"rename {move.Request.Source}/ to {move.Request.Target}/{aside}";
        }

        if (Held.Count > 0)
        {
            yield return $"resume {string.Join(", ", Held)}";
        }
    }
}
