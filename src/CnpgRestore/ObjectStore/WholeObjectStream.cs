using static System.FormattableString;

namespace CnpgRestore.ObjectStore;

/// <summary>
/// One object, read once from its first byte to its last. A connection that breaks, or an answer that ends early, is no end of the object: the rest is
/// asked for again.
/// </summary>
public sealed class WholeObjectStream : ForwardStream
{
    private const int Attempts = 5;

    private readonly IObjectStore _store;
    private readonly StoredObject _item;
    private Stream? _part;
    private long _read;
    private int _breaks;

    private WholeObjectStream(IObjectStore store, StoredObject item)
    {
        _store = store;
        _item = item;
    }

    protected override long BytesRead => _read;

    /// <param name="item">As it was listed. A newer version that is longer is read to its end.</param>
    public static Stream Open(IObjectStore store, StoredObject item) => new WholeObjectStream(store, item);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            IOException? cause = null;
            try
            {
                _part ??= await _store.OpenReadAsync(_item.Key, _read == 0 ? null : new ByteRange(_read, _item.Size - _read), cancellationToken);
                var count = await _part.ReadAsync(buffer, cancellationToken);
                _read += count;
                if (count > 0 || buffer.IsEmpty || _read >= _item.Size)
                {
                    return count;
                }
            }
            catch (IOException) when (_read >= _item.Size)
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
                    $"{_item.Key} cannot be read from {_store.Address}",
                    Invariant($"it ended {Attempts} times before its last byte, at last at {_read} of {_item.Size}{(cause is null ? "" : $": {cause.Message}")}"),
                    "run the same command again; it continues where it stopped",
                    cause);
            }
        }
    }

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
