namespace CnpgRestore.Compression;

/// <summary>
/// Gives damage one name. Each library has exceptions of its own for it; what the store throws underneath passes through unchanged, because
/// it can be asked again.
/// </summary>
/// <param name="source">What the inner stream reads from.</param>
/// <param name="blocks">The inner stream is read synchronously, on a pool thread.</param>
/// <param name="end">Asked when the inner stream ends; null where the library itself notices a cut file.</param>
sealed class DecompressionStream(Stream inner, CompressedSource source, IEndCheck? end, bool blocks) : ForwardStream
{
    private long _written;

    protected override long BytesRead => _written;

    /// <summary>True for an exception that says the bytes are not what their suffix promises.</summary>
    public static bool IsDamage(Exception e) =>
        e is EndOfStreamException || e is not (IOException or OperationCanceledException or RestoreException or ObjectDisposedException);

    /// <summary>The library's own words, which may be those of a cause that only it knows, stand behind what matters.</summary>
    public static InvalidDataException Damage(Exception e) => new($"its compressed bytes are damaged ({e.Message.TrimEnd('.')})", e);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = inner.Read(buffer);
        }
        catch (Exception e) when (!source.HasFailed && IsDamage(e))
        {
            throw Damage(e);
        }

        return Count(read, buffer.Length);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = blocks ? await Task.Run(() => inner.Read(buffer.Span), cancellationToken) : await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (!source.HasFailed && IsDamage(e))
        {
            throw Damage(e);
        }

        return Count(read, buffer.Length);
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

    private int Count(int read, int asked)
    {
        _written += read;
        end?.CameOut(read);
        return read == 0 && asked > 0 && end?.Judge() is { } wrong ? throw new InvalidDataException(wrong) : read;
    }
}
