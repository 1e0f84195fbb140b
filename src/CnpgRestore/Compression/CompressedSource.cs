namespace CnpgRestore.Compression;

/// <summary>
/// What a decompressor reads from. Shows every byte to an <see cref="IEndCheck"/>, and reads from the store asynchronously even for a decompressor
/// that blocks, so that the store's patience and the caller's cancellation hold there too.
/// </summary>
/// <param name="ct">Ends a blocking read.</param>
sealed class CompressedSource(Stream inner, IEndCheck? check, CancellationToken ct) : ForwardStream
{
    private const int BufferSize = 64 << 10;

    private byte[]? _buffer;
    private int _position;
    private int _filled;
    private long _handedOut;

    /// <summary>What is wrong then is not the compressed bytes.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Bytes handed out; the codec for xz asks.</summary>
    protected override long BytesRead => _handedOut;

    /// <summary>From a buffer, because the codecs that block ask for single bytes.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_position == _filled)
        {
#pragma warning disable VSTHRD002 // Only called from a pool thread of its own; a console program has no context to deadlock on.
            _filled = FetchAsync(_buffer ??= new byte[BufferSize], ct).AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
            _position = 0;
        }

        return TakeBuffered(buffer.AsSpan(offset, count));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position < _filled)
        {
            return TakeBuffered(buffer.Span);
        }

        var read = await FetchAsync(buffer, cancellationToken);
        _handedOut += read;
        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> FetchAsync(Memory<byte> buffer, CancellationToken token)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, token);
        }
        catch
        {
            HasFailed = true;
            throw;
        }

        check?.See(buffer.Span[..read]);
        return read;
    }

    private int TakeBuffered(Span<byte> target)
    {
        var taken = Math.Min(target.Length, _filled - _position);
        _buffer.AsSpan(_position, taken).CopyTo(target);
        _position += taken;
        _handedOut += taken;
        return taken;
    }
}
