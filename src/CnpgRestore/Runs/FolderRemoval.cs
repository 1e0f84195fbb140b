using System.Runtime.CompilerServices;
using CnpgRestore.Barman;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;

namespace CnpgRestore.Runs;

/// <summary>
/// Removes the source of a move. An object goes only if it is proven in the target as both are listed at that moment. Each backup.info goes
/// first: what an interruption leaves is then no backup that misses parts, but none.
/// </summary>
sealed class FolderRemoval(IObjectStore store, FolderMovePlan plan, FolderProof proof)
{
    private readonly BatchedRemoval _removal = new(store);

    public long Removed => _removal.Removed;

    public async Task<string> RemoveAsync(StepMeter meter, CancellationToken ct)
    {
        meter.TotalObjects = plan.Objects;
        await _removal.RemoveAsync(ProvenAsync(ServerFolder.IsBackupInfo, ct), meter, ct);
        await _removal.RemoveAsync(ProvenAsync(key => !ServerFolder.IsBackupInfo(key), ct), meter, ct);
        return $"{Counted.Of(Removed, "object")} removed";
    }

    public Task<string> ProveRemovedAsync(StepMeter _, CancellationToken ct) => _removal.ProveEmptyAsync(
        plan.Source,
        $"a cluster still archives into {plan.Request.Source}/: stop it, then set them aside with 'cnpg-restore rename {plan.Request.Source} {plan.Request.Source}-late -r'",
        ct);

    private async IAsyncEnumerable<ObjectKey> ProvenAsync(Func<ObjectKey, bool> wanted, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var level in store.CompareFoldersAsync(plan.Source, plan.Target, ct))
        {
            foreach (var pair in level.InBoth)
            {
                if (wanted(pair.Source.Key) && await proof.IsProvenAsync(pair, ct))
                {
                    yield return pair.Source.Key;
                }
            }
        }
    }
}
