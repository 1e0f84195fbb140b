using System.Diagnostics.CodeAnalysis;
using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// Keeps the next WAL segments of a recovery in local files, so that PostgreSQL waits for a rename and not for the store. For one caller at a
/// time: PostgreSQL replays in a single process.
/// </summary>
public sealed class WalPrefetch : IAsyncDisposable
{
    private const int InFlight = 8;
    private const int MostAhead = 32;
    private const long BytesAhead = 256L << 20;

    private readonly WalSource _source;
    private readonly TablespaceGuard _guard;
    private readonly string _spool;
    private readonly IEnumerator<WalSegmentName> _path;
    private readonly int _window;
    private readonly Queue<(WalSegmentName Segment, Task<bool> Fetch)> _ahead = new();
    private readonly SemaphoreSlim _slots = new(InFlight);
    private readonly CancellationTokenSource _stop;
    private Task _checked = Task.CompletedTask;

    /// <param name="path">Every segment that the recovery is going to read, in that order.</param>
    /// <param name="spool">A folder on the file system of the data directory.</param>
    public WalPrefetch(WalSource source, IEnumerable<WalSegmentName> path, TablespaceGuard guard, WalSegmentSize segmentSize, string spool, CancellationToken ct)
    {
        _source = source;
        _guard = guard;
        _spool = spool;
        _path = path.GetEnumerator();
        _window = (int)Math.Clamp(BytesAhead / segmentSize.Bytes, 2, MostAhead);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
    }

    /// <summary>Starts to fetch the first segments, before anyone asks for them.</summary>
    public void Begin() => Fill();

    /// <summary>Puts the segment in place of <paramref name="target"/>.</summary>
    /// <returns>False where the archive has no such segment.</returns>
    /// <exception cref="RestoreException">It cannot be had, or its replay would touch what is not the drill's.</exception>
    public async Task<bool> DeliverAsync(WalSegmentName segment, string target, CancellationToken ct)
    {
        var fetch = TryTake(segment, out var begun) ? begun : FetchInOrderAsync(segment);
        Fill();
        if (!await fetch.WaitAsync(ct))
        {
            return false;
        }

        File.Move(SpoolFile(segment), target, overwrite: true);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var (_, fetch) in _ahead)
        {
            await ((Task)fetch).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _path.Dispose();
        _slots.Dispose();
        _stop.Dispose();
    }

    private bool TryTake(WalSegmentName segment, [NotNullWhen(true)] out Task<bool>? fetch)
    {
        fetch = null;
        if (_ahead.All(item => item.Segment != segment))
        {
            return false;
        }

        // PostgreSQL never goes back, so what lies before this segment was passed over.
        while (fetch is null)
        {
            var (passed, begun) = _ahead.Dequeue();
            fetch = passed == segment ? begun : null;
        }

        return true;
    }

    private void Fill()
    {
        while (_ahead.Count < _window && _path.MoveNext())
        {
            _ahead.Enqueue((_path.Current, FetchInOrderAsync(_path.Current)));
        }
    }

    /// <summary>The files come as they come; they are looked into in their order, while PostgreSQL replays those before them.</summary>
    private Task<bool> FetchInOrderAsync(WalSegmentName segment)
    {
        var fetch = CheckedAsync(segment, FetchAsync(segment), _checked);
        _checked = fetch;
        return fetch;
    }

    private async Task<bool> FetchAsync(WalSegmentName segment)
    {
        await _slots.WaitAsync(_stop.Token);
        try
        {
            return await _source.FetchSegmentAsync(segment, SpoolFile(segment), _stop.Token);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<bool> CheckedAsync(WalSegmentName segment, Task<bool> fetch, Task before)
    {
        var isThere = await fetch;
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (isThere)
        {
            await _guard.CheckAsync(segment, SpoolFile(segment), _stop.Token);
        }

        return isThere;
    }

    private string SpoolFile(WalSegmentName segment) => Path.Combine(_spool, segment.ToString());
}
