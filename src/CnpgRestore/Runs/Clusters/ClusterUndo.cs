using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Runs.Clusters;

/// <summary>
/// Puts everything back as it was before a run. That is possible until the run has deleted a Cluster that it found; where it found none, until the
/// end.
/// </summary>
/// <param name="store">Null where nothing was moved.</param>
public sealed class ClusterUndo(KubernetesApi api, IObjectStore? store, RecordedRun recorded, TimeProvider clock)
{
    private readonly GitOpsSwitch _gitOps = new RunRecord(api).GitOpsOf(
        recorded.Decision, $"cnpg-restore runs undo {recorded.Decision.Run} -n {recorded.Decision.Namespace}", replaces: false, clock);

    private ClusterDecision Decision => recorded.Decision;

    private ObjectReference Reference => Decision.Reference;

    /// <summary>What is to be put back as things stand. Only reads.</summary>
    /// <exception cref="RestoreException">Exit 15: the former Cluster is gone, and nothing but going on helps.</exception>
    public async Task<ClusterUndoPlan> PlanAsync(CancellationToken ct)
    {
        var live = await api.FindAsync(Reference, ct);
        DemandWayBack(live);
        var plan = new ClusterUndoPlan(Decision, Created: null, Commit: null, Moves: [], await _gitOps.HeldAsync(ct), Notes: []);
        if (!plan.TakesBack)
        {
            return plan;
        }

        DemandManifests();
        var created = IsCreated(live) ? live.Text("metadata", "uid") : null;
        var commit = await new ManifestDelivery(Decision).FindCommitAsync(ct);
        var moves = await MovesAsync(ct);
        DemandUnused(live, moves);
        return plan with { Created = created, Commit = commit, Moves = moves, Notes = [.. Notes(live, commit, moves)] };
    }

    /// <summary>Does what was planned, and asks the world once more where it may have changed by what is done.</summary>
    /// <exception cref="RestoreException">As for <see cref="PlanAsync"/>.</exception>
    public async Task RunAsync(ClusterUndoPlan plan, Run run, CancellationToken ct)
    {
        DemandWayBack(await api.FindAsync(Reference, ct));
        if (plan.Created is { } uid)
        {
            await run.StepAsync(plan.DeleteCluster, (meter, token) => new ClusterRemoval(api, Decision, clock).RemoveAsync(uid, meter, token), ct);
        }

        if (plan.TakesBack)
        {
            await TakeBackAsync(plan, run, ct);
        }

        if (Decision.Owners.Count > 0)
        {
            await run.StepAsync(plan.ResumeGitOps, (_, token) => _gitOps.ResumeAsync(token), ct);
        }

        await run.StepAsync(
            plan.Forget,
            async (_, token) =>
            {
                await new KeptSecret(api, Decision, owner: "").GiveAsync(token);
                await new RunRecord(api).RemoveAsync(Decision, token);
                return $"run {Decision.Run} is undone";
            },
            ct);
        run.Finish();
    }

    private void DemandWayBack(JsonObject? live)
    {
        if (Decision.FormerUid is { } former && (live.Text("metadata", "uid") != former || live.Text("metadata", "deletionTimestamp") is not null))
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"run {Decision.Run} has deleted {Reference}: there is no way back, only forward",
                Decision.Remains,
                Decision.ResumeCommand);
        }
    }

    /// <summary>Where GitOps reads, the run's commit may be in force; only beside the files is that known, and taken back.</summary>
    private void DemandManifests()
    {
        if (Decision is { Apply: ApplyMode.Git, Owners.Count: > 0 } && !Decision.Files.Any(File.Exists))
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"the manifests lie on {Decision.Host}, and what GitOps would apply when it is resumed is not known here",
                string.Join(", ", Decision.Files),
                $"go on there, or with the repository in the same place here: cnpg-restore runs undo {Decision.Run} -n {Decision.Namespace}");
        }
    }

    /// <summary>A Cluster that a person has applied recovers from the one folder and archives to the other: both would be renamed under it.</summary>
    private void DemandUnused(JsonObject? live, IReadOnlyList<FolderMovePlan> moves)
    {
        if (moves.Count > 0 && live is not null && !IsCreated(live))
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"{Reference} is there and was not created by this run, so its folders are not renamed back under it",
                $"it archives to {Decision.Archive}/; what {Decision.MoveTo}/ holds would take that name",
                $"if nothing in it is needed: kubectl delete cluster -n {Decision.Namespace} {Decision.Cluster}, then: cnpg-restore runs undo {Decision.Run} -n {Decision.Namespace}");
        }
    }

    private async Task TakeBackAsync(ClusterUndoPlan plan, Run run, CancellationToken ct)
    {
        if (Decision.Apply == ApplyMode.Git)
        {
            await run.StepAsync(
                plan.Revert,
                async (_, token) => await new ManifestDelivery(Decision).RevertAsync(token) is { } commit ? $"reverted {commit}" : "there is none",
                ct);
        }

        // Looked at again: the Cluster that is gone by now may have archived once more when it stopped.
        var moves = await MovesAsync(ct);
        DemandUnused(await api.FindAsync(Reference, ct), moves);
        foreach (var (index, move) in moves.Index())
        {
            // The second one was planned for a name that only the first one makes free.
            var next = index == 0 ? move : await new FolderMovePlanner(store!, clock).PlanAsync(move.Request, removalBegun: true, ct);
            await new FolderMove(store!, next, run).RunAsync(ct);
        }
    }

    /// <summary>What the new cluster has archived into the old name meanwhile is set aside first, not mixed with the old.</summary>
    private async Task<IReadOnlyList<FolderMovePlan>> MovesAsync(CancellationToken ct)
    {
        if (Decision.MoveTo is not { } moved || store is null || !await store.ListAsync(KeyPrefix.Root.Folder(moved), ct).AnyAsync(ct))
        {
            return [];
        }

        var planner = new FolderMovePlanner(store, clock);
        var back = ArchiveMove.Of(moved, Decision.Archive);
        try
        {
            return [await planner.PlanAsync(back, removalBegun: true, ct)];
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.Refused)
        {
            var aside = await planner.PlanAsync(ArchiveMove.Of(Decision.Archive, $"{Decision.Archive}-{Decision.Run.Split('-')[0]}"), removalBegun: true, ct);
            return [aside, aside with { Request = back }];
        }
    }

    private IEnumerable<string> Notes(JsonObject? live, string? commit, IReadOnlyList<FolderMovePlan> moves)
    {
        if (live is not null && !IsCreated(live))
        {
            yield return $"{Reference} was not created by this run: it stays";
        }

        if (Decision.Apply == ApplyMode.Git && commit is null && !Decision.Files.Any(File.Exists))
        {
            yield return $"the manifests lie on {Decision.Host}: a commit there is not reverted from here";
        }

        foreach (var file in Decision.Files.Where(file => Decision.Apply == ApplyMode.None && File.Exists($"{file}.before")))
        {
            yield return $"{file} stays as it was edited; {file}.before holds the former text";
        }

        foreach (var note in moves.Take(1).SelectMany(move => move.Notes).Where(_ => !IsCreated(live)))
        {
            yield return note;
        }
    }

    private bool IsCreated(JsonObject? live) => live.Text("metadata", "annotations", LiveManifest.RunAnnotation) == Decision.Run;
}
