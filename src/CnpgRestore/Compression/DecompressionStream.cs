namespace CnpgRestore.Compression;

/// <summary>
/// Gives damage one name. Each library has exceptions of its own for it; what the store throws underneath passes through unchanged, because
/// it can be asked again.
/// </summary>
/// <param name="blocks">The inner stream is read synchronously, on a pool thread.</param>
/// <param name="end">Asked when the inner stream ends; null where the library itself notices a cut file.</param>
sealed class DecompressionStream(Stream inner, IEndCheck? end, bool blocks) : ForwardStream
{
    private long _written;

    protected override long BytesRead => _written;

    /// <summary>True for an exception that says the bytes are not what their suffix promises.</summary>
    public static bool IsDamage(Exception e) =>
        e is EndOfStreamException || e is not (InvalidDataException or IOException or OperationCanceledException or RestoreException or ObjectDisposedException);

    public static InvalidDataException Damage(Exception e) => new(e.Message, e);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Count(inner.Read(buffer), buffer.Length);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damage(e);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = blocks ? await Task.Run(() => inner.Read(buffer.Span), cancellationToken) : await inner.ReadAsync(buffer, cancellationToken);
            return Count(read, buffer.Length);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damage(e);
        }
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
