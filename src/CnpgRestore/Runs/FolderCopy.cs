using System.Runtime.CompilerServices;
using CnpgRestore.Barman;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;

namespace CnpgRestore.Runs;

/// <summary>
/// Copies what the target lacks. A backup becomes visible with its backup.info, so these come last. What an earlier run has copied is believed when
/// the store knows the object itself: a listing may still show what was deleted, and the source would be removed on its word.
/// </summary>
sealed class FolderCopy(IObjectStore store, FolderMovePlan plan, IRunObserver observer)
{
    private long _copied;
    private long _copiedBytes;

    public long Copied => Interlocked.Read(ref _copied);

    public long CopiedBytes => Interlocked.Read(ref _copiedBytes);

    public async Task<string> CopyDataAsync(StepMeter meter, CancellationToken ct)
    {
        meter.TotalObjects = plan.Objects;
        meter.TotalBytes = plan.Bytes.Bytes;
        return await CopyAsync(meter, item => !ServerFolder.IsBackupInfo(item.Key), ct);
    }

    public async Task<string> CopyBackupInfoAsync(StepMeter meter, CancellationToken ct) => await CopyAsync(meter, item => ServerFolder.IsBackupInfo(item.Key), ct);

    private async Task<string> CopyAsync(StepMeter meter, Func<StoredObject, bool> wanted, CancellationToken ct)
    {
        var (objects, bytes) = (Copied, CopiedBytes);
        var limit = new ParallelOptions { MaxDegreeOfParallelism = plan.Request.Parallelism, CancellationToken = ct };
        await Parallel.ForEachAsync(NeededAsync(wanted, ct), limit, async (needed, token) =>
        {
            var (item, isListed) = needed;
            if (isListed && await store.FindAsync(item.Key.Rebase(plan.Source, plan.Target), token) is not null)
            {
                meter.Add(1, item.Size);
                return;
            }

            await CopyAsync(item, token);
            Interlocked.Increment(ref _copied);
            Interlocked.Add(ref _copiedBytes, item.Size);
            meter.Add(1, item.Size);
            observer.OnDetail($"copied {item.Key}");
        });
        (objects, bytes) = (Copied - objects, CopiedBytes - bytes);
        return $"{Counted.Of(objects, "object")} ({new ByteSize(bytes)}) copied";
    }

    private async Task CopyAsync(StoredObject item, CancellationToken ct)
    {
        try
        {
            await store.CopyAsync(item, item.Key.Rebase(plan.Source, plan.Target), ct);
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.NotFound)
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                $"{item.Key} was removed during the copy",
                e.Problem.Message,
                "a retention policy or a cluster still works on the folder: stop it, then run the same command again",
                e);
        }
    }

    /// <summary>The objects of the source, and whether the target's listing shows each.</summary>
    private async IAsyncEnumerable<(StoredObject Item, bool IsListed)> NeededAsync(Func<StoredObject, bool> wanted, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var level in store.CompareFoldersAsync(plan.Source, plan.Target, ct))
        {
            foreach (var pair in level.InBoth)
            {
                if (wanted(pair.Source))
                {
                    yield return (pair.Source, true);
                }
            }

            foreach (var item in level.OnlyInSource)
            {
                // A backup that ended after its tars were looked for must not appear before they do.
                if (wanted(item) && (level.OnlyInSource.Count == 1 || !ServerFolder.IsBackupInfo(item.Key)))
                {
                    yield return (item, false);
                }
            }
        }
    }
}
