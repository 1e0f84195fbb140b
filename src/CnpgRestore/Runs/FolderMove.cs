using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;

namespace CnpgRestore.Runs;

/// <summary>
/// Runs a folder move: copy, prove, look once more, remove. Every step lists the world itself, so a move that was killed anywhere is finished
/// by running it again, from this machine or another, and nothing is copied or removed on the word of an earlier look.
/// </summary>
public sealed class FolderMove(IObjectStore store, FolderMovePlan plan, Run run)
{
    public async Task<FolderMoveResult> RunAsync(CancellationToken ct)
    {
        var copy = new FolderCopy(store, plan, run.Observer);
        await run.StepAsync(plan.CopyData, copy.CopyDataAsync, ct);
        await run.StepAsync(plan.CopyBackupInfo, copy.CopyBackupInfoAsync, ct);
        var proof = new FolderProof(store, plan);
        await run.StepAsync(plan.Prove, proof.ProveAsync, ct);
        long removed = 0;
        if (plan.Request.RemoveSource)
        {
            await run.StepAsync(plan.CheckUnchanged, proof.CheckUnchangedAsync, ct);
            var removal = new FolderRemoval(store, plan, proof);
            await run.StepAsync(plan.RemoveSource, removal.RemoveAsync, ct);
            await run.StepAsync(plan.ProveRemoved, removal.ProveRemovedAsync, ct);
            removed = removal.Removed;
        }

        return new FolderMoveResult(copy.Copied, copy.CopiedBytes, proof.Proven, proof.ProvenBytes, proof.ByEvidence, removed);
    }

    /// <summary>How an evidence is called in front of a person.</summary>
    public static string Word(Evidence evidence) => evidence switch
    {
        Evidence.Content => "reading both",
        Evidence.Checksum => "checksum",
        Evidence.ETag => "ETag",
        Evidence.Size => "size",
        Evidence.Different => "nothing",
    };
}
