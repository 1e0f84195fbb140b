using static System.FormattableString;

namespace CnpgRestore.ObjectStore;

/// <summary>
/// One object, read once from its first byte to its last. A connection that breaks, or an answer that ends early, is no end of the object: the rest is
/// asked for again.
/// </summary>
/// <param name="item">As it was listed. A newer version that is longer is read to its end.</param>
public sealed class WholeObjectStream(IObjectStore store, StoredObject item) : Stream
{
    private const int Attempts = 5;

    private Stream? _part;
    private long _read;
    private int _breaks;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            IOException? cause = null;
            try
            {
                _part ??= await store.OpenReadAsync(item.Key, _read == 0 ? null : new ByteRange(_read, item.Size - _read), cancellationToken);
                var count = await _part.ReadAsync(buffer, cancellationToken);
                _read += count;
                if (count > 0 || buffer.IsEmpty || _read >= item.Size)
                {
                    return count;
                }
            }
            catch (IOException) when (_read >= item.Size)
            {
                return 0;
            }
            catch (IOException e)
            {
                cause = e;
            }

            await CloseAsync();
            if (++_breaks == Attempts)
            {
                throw new RestoreException(
                    ProblemCode.Unreachable,
                    $"{item.Key} cannot be read from {store.Address}",
                    Invariant($"it ended {Attempts} times before its last byte, at last at {_read} of {item.Size}{(cause is null ? "" : $": {cause.Message}")}"),
                    "run the same command again; it goes on where it stopped",
                    cause);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _part?.Dispose();
            _part = null;
        }

        base.Dispose(disposing);
    }

    private async ValueTask CloseAsync()
    {
        if (_part is not null)
        {
            await _part.DisposeAsync();
            _part = null;
        }
    }
}
