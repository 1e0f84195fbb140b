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
public sealed class ClusterUndo(KubernetesApi api, IObjectStore? store, RecordedRun recorded, Run run, TimeProvider clock)
{
    private ClusterDecision Decision => recorded.Decision;

    private ObjectReference Reference => Decision.Reference;

    /// <exception cref="RestoreException">Exit 15: the former Cluster is gone, and nothing but going on helps.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        var live = await api.FindAsync(Reference, ct);
        if (Decision.FormerUid is { } former && (live.Text("metadata", "uid") != former || live.Text("metadata", "deletionTimestamp") is not null))
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"run {Decision.Run} has deleted {Reference}: there is no way back, only forward",
                Decision.Remains,
                Decision.ResumeCommand);
        }

        if (Decision.FormerUid is null)
        {
            await TakeBackAsync(live, ct);
        }

        if (Decision.Owners.Count > 0)
        {
            var gitOps = new GitOpsSwitch(api, Decision.Owners, Decision.Run, $"cnpg-restore runs undo {Decision.Run} -n {Decision.Namespace}", clock);
            await run.StepAsync(Step("resume-gitops", "resume GitOps"), (_, token) => gitOps.ResumeAsync(token), ct);
        }

        await run.StepAsync(
            Step("forget", "remove the record of the run"),
            async (_, token) =>
            {
                await new KeptSecret(api, Decision, owner: "").GiveAsync(token);
                await new RunRecord(api).RemoveAsync(Decision, token);
                return $"run {Decision.Run} is undone";
            },
            ct);
        run.Finish();
    }

    private async Task TakeBackAsync(System.Text.Json.Nodes.JsonObject? live, CancellationToken ct)
    {
        if (live is not null && live.Text("metadata", "annotations", LiveManifest.RunAnnotation) == Decision.Run)
        {
            var uid = live.Text("metadata", "uid")!;
            await run.StepAsync(
                Step("delete-cluster", "delete the Cluster that this run created", destructive: true),
                (meter, token) => new ClusterRemoval(api, Decision, clock).RemoveAsync(uid, meter, token),
                ct);
        }

        if (Decision.Apply == ApplyMode.Git)
        {
            await run.StepAsync(
                Step("revert", "revert the commit"),
                async (_, token) => await new ManifestDelivery(Decision).RevertAsync(token) is { } commit ? $"reverted {commit}" : "there is none",
                ct);
        }

        if (Decision.MoveTo is { } moved && store is not null && await store.ListAsync(KeyPrefix.Root.Folder(moved), ct).AnyAsync(ct))
        {
            await MoveBackAsync(store, moved, ct);
        }
    }

    /// <summary>What the new cluster has archived into the old name meanwhile is set aside first, not mixed with the old.</summary>
    private async Task MoveBackAsync(IObjectStore store, string moved, CancellationToken ct)
    {
        var planner = new FolderMovePlanner(store, clock);
        var back = ArchiveMove.Of(moved, Decision.Archive);
        try
        {
            await new FolderMove(store, await planner.PlanAsync(back, removalBegun: true, ct), run).RunAsync(ct);
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.Refused)
        {
            var aside = ArchiveMove.Of(Decision.Archive, $"{Decision.Archive}-{Decision.Run.Split('-')[0]}");
            await new FolderMove(store, await planner.PlanAsync(aside, removalBegun: true, ct), run).RunAsync(ct);
            await new FolderMove(store, await planner.PlanAsync(back, removalBegun: true, ct), run).RunAsync(ct);
        }
    }

    private PlanStep Step(string id, string title, bool destructive = false) =>
        new(id, title, Reference.ToString(), "what the run had changed", $"cnpg-restore {Decision.Command} {Decision.Cluster} -n {Decision.Namespace}") { Destructive = destructive };
}
