using System.Collections.Concurrent;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Runs;

/// <summary>Deletes objects while they are being found, many in one request, and proves at last that a folder is empty.</summary>
sealed class BatchedRemoval(IObjectStore store)
{
    // Gateways delete the keys of one request one after the other: smaller batches, more of them at once.
    private const int BatchSize = 250;
    private const int BatchesInFlight = 16;

    private long _removed;

    public long Removed => Interlocked.Read(ref _removed);

    public async Task RemoveAsync(IAsyncEnumerable<ObjectKey> keys, StepMeter meter, CancellationToken ct)
    {
        var limit = new ParallelOptions { MaxDegreeOfParallelism = BatchesInFlight, CancellationToken = ct };
        await Parallel.ForEachAsync(keys.Chunk(BatchSize), limit, async (batch, token) =>
        {
            await store.DeleteAsync(batch, token);
            Interlocked.Add(ref _removed, batch.Length);
            meter.Add(batch.Length, 0);
        });
    }

    /// <param name="hint">What to do about objects that came meanwhile.</param>
    public async Task<string> ProveEmptyAsync(KeyPrefix folder, string hint, CancellationToken ct)
    {
        var left = new ConcurrentBag<ObjectKey>();
        var limit = new ParallelOptions { MaxDegreeOfParallelism = BatchesInFlight, CancellationToken = ct };
        await Parallel.ForEachAsync(store.ListAsync(folder, ct), limit, async (item, token) =>
        {
            // A listing may still show what is deleted: the store is asked for the object itself.
            if (await store.FindAsync(item.Key, token) is not null)
            {
                left.Add(item.Key);
            }
        });
        return left.IsEmpty
            ? $"{folder} is gone"
            : throw new RestoreException(
                ProblemCode.Stopped,
                $"{Counted.Of(left.Count, "object is", "objects are")} left in {folder}",
                $"they came during the removal and were not touched: {string.Join(", ", left.Order().Take(5))}",
                hint);
    }
}
