using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Loading;

/// <summary>
/// Hands blocks of rows to connections: whichever is free takes the next, so a large table is spread over all of them, and small ones are loaded side
/// by side. The reader waits while all are busy.
/// </summary>
sealed class DataLoad(LoadSessions sessions) : IAsyncDisposable
{
    private Channel<DataBlock>? _blocks;
    private Task[] _workers = [];
    private QualifiedName? _table;
    private bool _inOrder;
    private Exception? _failure;

    /// <param name="inOrder">
    /// The table comes after everything before it and before everything behind it, row by row: it has foreign keys, triggers, or code that may look at others.
    /// </param>
    public async Task AddAsync(DataBlock block, bool inOrder, CancellationToken ct)
    {
        if ((inOrder || _inOrder) && _table != block.Table)
        {
            await DrainAsync();
        }

        (_table, _inOrder) = (block.Table, inOrder);
        var blocks = _blocks ??= Start(inOrder ? 1 : sessions.Count, ct);
        try
        {
            await blocks.Writer.WriteAsync(block, ct);
        }
        catch (ChannelClosedException)
        {
            await DrainAsync();
        }
    }

    /// <summary>Returns when every block is in the database; throws the first error of all connections.</summary>
    public async Task DrainAsync()
    {
        _blocks?.Writer.TryComplete();
        try
        {
            await Task.WhenAll(_workers);
        }
        finally
        {
            (_blocks, _workers, _table) = (null, [], null);
            if (_failure is not null)
            {
                ExceptionDispatchInfo.Throw(_failure);
            }
        }
    }

    /// <summary>Rows on their way are given up; what is in the database stays.</summary>
    public async ValueTask DisposeAsync()
    {
        _blocks?.Writer.TryComplete(new OperationCanceledException());
        await Task.WhenAll(_workers).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private Channel<DataBlock> Start(int workers, CancellationToken ct)
    {
        var blocks = Channel.CreateBounded<DataBlock>(new BoundedChannelOptions(2 * workers) { SingleWriter = true });
        _workers = [.. Enumerable.Range(0, workers).Select(number => Task.Run(() => WorkAsync(blocks, number, ct), CancellationToken.None))];
        return blocks;
    }

    private async Task WorkAsync(Channel<DataBlock> blocks, int number, CancellationToken ct)
    {
        try
        {
            await new DataWorker(await sessions.GetAsync(number, ct), !_inOrder).RunAsync(blocks.Reader, ct);
        }
        catch (Exception e) when (blocks.Writer.TryComplete(e))
        {
            // The others meet it when they ask for the next block.
            Interlocked.CompareExchange(ref _failure, e, null);
            throw;
        }
    }
}
