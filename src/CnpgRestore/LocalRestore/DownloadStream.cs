using System.Buffers;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// One object as a stream that is read once, from the beginning to the end. It is fetched as ranges of 8 MiB, several at a time, and delivered in order.
/// Memory is bounded by the ranges in flight, however slowly the reader reads. A range that breaks off is continued where it broke, with back-off.
/// </summary>
public sealed class DownloadStream : ForwardStream
{
    /// <summary>Large enough that a request's latency does not count, small enough that four of them fit anywhere.</summary>
    public const int RangeSize = 8 << 20;

    private readonly IObjectStore _store;
    private readonly StoredObject _source;
    private readonly Backoff _backoff;
    private readonly int _inFlight;
    private readonly CancellationTokenSource _stop;
    private readonly Queue<Task<Range>> _ranges = new();
    private long _requested;
    private long _delivered;
    private Range? _current;
    private bool _disposed;

    /// <param name="source">As the listing showed it; its size decides how much is asked for.</param>
    /// <param name="inFlight">Ranges fetched at the same time.</param>
    /// <param name="ct">Ends every fetch in flight, also between two reads.</param>
    public DownloadStream(IObjectStore store, StoredObject source, int inFlight, Backoff backoff, CancellationToken ct)
    {
        _store = store;
        _source = source;
        _inFlight = inFlight;
        _backoff = backoff;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
    }

    /// <summary>Called with the number of bytes of each read.</summary>
    public Action<int>? Delivered { get; init; }

    /// <summary>Bytes delivered so far, as stored (compressed objects count compressed).</summary>
    protected override long BytesRead => _delivered;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        _current ??= await NextRangeAsync(cancellationToken);
        return _current is { } range ? Deliver(range, buffer.Span) : 0;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        // Some decompressors only read synchronously.
#pragma warning disable VSTHRD002 // A console program has no context to deadlock on.
        return ReadAsync(buffer.AsMemory(offset, count), _stop.Token).AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    // A decompressor may own this stream and dispose of it as well as its opener.
    public override async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            await _stop.CancelAsync();
            foreach (var range in _ranges)
            {
                await ((Task)range).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _stop.Cancel();
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<Range?> NextRangeAsync(CancellationToken ct)
    {
        while (_ranges.Count < _inFlight && _requested < _source.Size)
        {
            var range = new ByteRange(_requested, Math.Min(RangeSize, _source.Size - _requested));
            _requested += range.Length;
            _ranges.Enqueue(FetchAsync(range, _stop.Token));
        }

        return _ranges.TryDequeue(out var first) ? await first.WaitAsync(ct) : null;
    }

    private int Deliver(Range range, Span<byte> target)
    {
        var count = Math.Min(target.Length, range.Length - range.Read);
        range.Buffer.AsSpan(range.Read, count).CopyTo(target);
        range.Read += count;
        _delivered += count;
        Delivered?.Invoke(count);
        if (range.Read == range.Length)
        {
            ArrayPool<byte>.Shared.Return(range.Buffer);
            _current = null;
        }

        return count;
    }

    private async Task<Range> FetchAsync(ByteRange wanted, CancellationToken ct)
    {
        var range = new Range(ArrayPool<byte>.Shared.Rent((int)wanted.Length), (int)wanted.Length);
        var got = 0;
        for (var attempt = 1; ; attempt++)
        {
            IOException? cause = null;
            try
            {
                await using var part = await _store.OpenReadAsync(_source.Key, new ByteRange(wanted.Offset + got, wanted.Length - got), ct);
                int count;
                while (got < range.Length && (count = await part.ReadAsync(range.Buffer.AsMemory(got, range.Length - got), ct)) > 0)
                {
                    got += count;
                }
            }
            catch (IOException e)
            {
                cause = e;
            }

            if (got == range.Length)
            {
                return range;
            }

            if (attempt == _backoff.Attempts)
            {
                throw Incomplete(wanted, got, cause);
            }

            await _backoff.WaitAsync(attempt, ct);
        }
    }

    private RestoreException Incomplete(ByteRange wanted, int got, IOException? cause) => cause is null
        ? new RestoreException(
            ProblemCode.Differences,
            $"{_source.Key} is truncated",
            $"the listing shows {_source.Size} bytes; asked for bytes {wanted.Offset} to {wanted.Last}, the store gave {got} of them, {_backoff.Attempts} times",
            cause: cause)
        : new RestoreException(
            ProblemCode.Unreachable,
            $"{_source.Key} cannot be read from {_store.Address}",
            $"the connection broke {_backoff.Attempts} times at byte {wanted.Offset + got} of {_source.Size}: {cause.Message}",
            cause: cause);

    private sealed class Range(byte[] buffer, int length)
    {
        public byte[] Buffer => buffer;

        public int Length => length;

        public int Read { get; set; }
    }
}
