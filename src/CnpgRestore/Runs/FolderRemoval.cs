using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CnpgRestore.Barman;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;
using static System.FormattableString;

namespace CnpgRestore.Runs;

/// <summary>
/// Removes the source of a move. An object goes only if it is proven in the target as both are listed at that moment. Each backup.info goes
/// first: what an interruption leaves is then no backup that misses parts, but none.
/// </summary>
sealed class FolderRemoval(IObjectStore store, FolderMovePlan plan, FolderProof proof)
{
    // Gateways delete the keys of one request one after the other: smaller batches, more of them at once.
    private const int BatchSize = 250;
    private const int BatchesInFlight = 16;

    private long _removed;

    public long Removed => Interlocked.Read(ref _removed);

    public async Task<string> RemoveAsync(StepMeter meter, CancellationToken ct)
    {
        meter.TotalObjects = plan.Objects;
        await RemoveAsync(ServerFolder.IsBackupInfo, meter, ct);
        await RemoveAsync(key => !ServerFolder.IsBackupInfo(key), meter, ct);
        return Invariant($"{Removed} objects removed");
    }

    public async Task<string> ProveRemovedAsync(StepMeter _, CancellationToken ct)
    {
        var left = new ConcurrentBag<ObjectKey>();
        var limit = new ParallelOptions { MaxDegreeOfParallelism = plan.Request.Parallelism, CancellationToken = ct };
        await Parallel.ForEachAsync(store.ListAsync(plan.Source, ct), limit, async (item, token) =>
        {
            // A listing may still show what is deleted: the store is asked for the object itself.
            if (await store.FindAsync(item.Key, token) is not null)
            {
                left.Add(item.Key);
            }
        });
        return left.IsEmpty
            ? $"{plan.Request.Source}/ is gone"
            : throw new RestoreException(
                ProblemCode.Stopped,
                $"{left.Count} objects are left in {plan.Request.Source}/",
                $"they came during the removal and were not touched: {string.Join(", ", left.Order().Take(5))}",
                $"a cluster still archives into {plan.Request.Source}/: stop it, then set them aside with 'cnpg-restore rename {plan.Request.Source} {plan.Request.Source}-late -r'");
    }

    private async Task RemoveAsync(Func<ObjectKey, bool> wanted, StepMeter meter, CancellationToken ct)
    {
        var limit = new ParallelOptions { MaxDegreeOfParallelism = BatchesInFlight, CancellationToken = ct };
        await Parallel.ForEachAsync(BatchesAsync(wanted, ct), limit, async (batch, token) =>
        {
            await store.DeleteAsync(batch, token);
            Interlocked.Add(ref _removed, batch.Count);
            meter.Add(batch.Count, 0);
        });
    }

    private async IAsyncEnumerable<IReadOnlyCollection<ObjectKey>> BatchesAsync(Func<ObjectKey, bool> wanted, [EnumeratorCancellation] CancellationToken ct)
    {
        var batch = new List<ObjectKey>();
        await foreach (var level in store.CompareFoldersAsync(plan.Source, plan.Target, ct))
        {
            foreach (var pair in level.InBoth)
            {
                if (wanted(pair.Source.Key) && await proof.IsProvenAsync(pair, ct))
                {
                    batch.Add(pair.Source.Key);
                }

                if (batch.Count == BatchSize)
                {
                    yield return batch;
                    batch = [];
                }
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
