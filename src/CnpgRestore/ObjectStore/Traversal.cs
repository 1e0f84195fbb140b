using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace CnpgRestore.ObjectStore;

/// <summary>Visits a tree of folders, several at a time, and hands the visits out as they finish, in no order.</summary>
static class Traversal
{
    /// <summary>Folders visited at the same time; each is at least one request.</summary>
    private const int Parallelism = 16;

    /// <param name="visit">Reads one folder.</param>
    /// <param name="inner">The folders below a visited one.</param>
    public static async IAsyncEnumerable<TVisit> RunAsync<TFolder, TVisit>(
        TFolder root,
        Func<TFolder, CancellationToken, Task<TVisit>> visit,
        Func<TVisit, IEnumerable<TFolder>> inner,
        [EnumeratorCancellation] CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var visits = Channel.CreateBounded<TVisit>(Parallelism);
        var producer = ProduceAsync(root, visit, inner, visits.Writer, stop.Token);
        try
        {
            await foreach (var done in visits.Reader.ReadAllAsync(ct))
            {
                yield return done;
            }
        }
        finally
        {
            // A consumer that leaves early must not leave requests running behind its back.
            await stop.CancelAsync();
            await producer;
        }
    }

    private static async Task ProduceAsync<TFolder, TVisit>(
        TFolder root,
        Func<TFolder, CancellationToken, Task<TVisit>> visit,
        Func<TVisit, IEnumerable<TFolder>> inner,
        ChannelWriter<TVisit> visits,
        CancellationToken ct)
    {
        var pending = new Stack<TFolder>([root]);
        var running = new List<Task<TVisit>>();
        Exception? failure = null;
        try
        {
            while (pending.Count > 0 || running.Count > 0)
            {
                while (pending.Count > 0 && running.Count < Parallelism)
                {
                    running.Add(visit(pending.Pop(), ct));
                }

                var finished = await Task.WhenAny(running);
                running.Remove(finished);
                var done = await finished;
                foreach (var folder in inner(done))
                {
                    pending.Push(folder);
                }

                await visits.WriteAsync(done, ct);
            }
        }
#pragma warning disable CA1031 // Handed to the reader, which throws it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        // What is still in flight is awaited, so that no exception goes unobserved; the first one is what the reader learns.
        await Task.WhenAll(running).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        visits.Complete(failure);
    }
}
