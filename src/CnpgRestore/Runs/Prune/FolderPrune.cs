using System.Runtime.CompilerServices;
using CnpgRestore.Barman;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.Prune;
using static System.FormattableString;

namespace CnpgRestore.Runs.Prune;

/// <summary>
/// Removes a server folder. Only what was there when the plan was made is removed, by the store's own times: a late object is left, named, and
/// ends the run with exit 20. Every step lists the folder itself, so a run that was killed is finished by the same command.
/// </summary>
public sealed class FolderPrune(IObjectStore store, PrunePlan plan, Run run)
{
    private readonly BatchedRemoval _removal = new(store);

    /// <returns>How many objects this run has removed.</returns>
    public async Task<long> RunAsync(CancellationToken ct)
    {
        await run.StepAsync(plan.CheckUnchanged, CheckUnchangedAsync, ct);
        await run.StepAsync(plan.RemoveBackupInfo, (meter, token) => RemoveAsync(ServerFolder.IsBackupInfo, "backup.info files", meter, token), ct);
        await run.StepAsync(plan.RemoveData, (meter, token) => RemoveAsync(key => !ServerFolder.IsBackupInfo(key), "objects", meter, token), ct);
        await run.StepAsync(plan.ProveRemoved, (_, token) => _removal.ProveEmptyAsync(plan.Folder.Root, StopAndRepeat, token), ct);
        return _removal.Removed;
    }

    private string StopAndRepeat => $"a cluster archives into {plan.Request.Server}/: stop it, then run the same command again";

    private async Task<string> CheckUnchangedAsync(StepMeter meter, CancellationToken ct)
    {
        List<ObjectKey> late = [];
        await foreach (var item in store.ListAsync(plan.Folder.Root, ct))
        {
            meter.Add(1, 0);
            if (IsLate(item))
            {
                late.Add(item.Key);
            }
        }

        if (late.Count > 0 || meter.Objects > plan.Objects)
        {
            throw new RestoreException(
                ProblemCode.Stopped, $"{plan.Request.Server}/ changed; nothing was deleted", Invariant($"{Counted.Of(meter.Objects, "object")}, {plan.Objects} before; new: {string.Join(", ", late.Order().Take(5))}"), StopAndRepeat);
        }

        // While a person reads the plan, somebody else could remove the other folder.
        if (Replacement.Newest(await FolderState.ReadAsync(store, plan.Replacement, ct)) is not { } newest)
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                $"{plan.Replacement}/ no longer holds a usable base backup; nothing was deleted",
                $"it held {plan.ReplacementBackup}",
                $"cnpg-restore backups list --server {plan.Replacement}");
        }

        return Invariant($"{Counted.Of(meter.Objects, "object")}, none new; {plan.Replacement}/ has base backup {newest.Backup.Id}");
    }

    private async Task<string> RemoveAsync(Func<ObjectKey, bool> wanted, string what, StepMeter meter, CancellationToken ct)
    {
        meter.TotalObjects = plan.Objects;
        await _removal.RemoveAsync(FoundAsync(wanted, ct), meter, ct);
        return Invariant($"{meter.Objects} {what} removed");
    }

    private async IAsyncEnumerable<ObjectKey> FoundAsync(Func<ObjectKey, bool> wanted, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var item in store.ListAsync(plan.Folder.Root, ct))
        {
            if (wanted(item.Key) && !IsLate(item))
            {
                run.Observer.OnDetail($"removing {item.Key}");
                yield return item.Key;
            }
        }
    }

    private bool IsLate(StoredObject item) => item.LastModified > plan.Youngest;
}
