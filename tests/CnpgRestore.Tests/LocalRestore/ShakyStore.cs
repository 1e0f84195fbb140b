using CnpgRestore.ObjectStore;

namespace CnpgRestore.Tests.LocalRestore;

/// <summary>A directory as a store whose reads can be cut short: what a bad network does and a disk does not.</summary>
sealed class ShakyStore : IObjectStore
{
    private readonly DirectoryObjectStore _store;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-test-");

    public ShakyStore()
    {
        _store = new DirectoryObjectStore(_folder.FullName);
    }

    /// <summary>Decides, for the number of a read counted from 1, after how many bytes it breaks; null lets it pass.</summary>
    public Func<int, Break?> BreakOf { get; set; } = _ => null;

    public int Reads => _reads;

    private int _reads;

    public string Folder => _folder.FullName;

    public string Address => _store.Address;

    public string Identity => _store.Identity;

    public async Task<StoredObject> PutAsync(string key, byte[] content, CancellationToken ct)
    {
        await _store.PutAsync(new ObjectKey(key), content, ct);
        return (await _store.FindAsync(new ObjectKey(key), ct))!;
    }

    public async Task<Stream> OpenReadAsync(ObjectKey key, ByteRange? range, CancellationToken ct)
    {
        var stream = await _store.OpenReadAsync(key, range, ct);
        return BreakOf(Interlocked.Increment(ref _reads)) is { } broken ? new BreakingStream(stream, broken) : stream;
    }

    public Task<FolderLevel> ListLevelAsync(KeyPrefix prefix, CancellationToken ct) => _store.ListLevelAsync(prefix, ct);

    public IAsyncEnumerable<StoredObject> ListAsync(KeyPrefix prefix, CancellationToken ct) => _store.ListAsync(prefix, ct);

    public Task<StoredObject?> FindAsync(ObjectKey key, CancellationToken ct) => _store.FindAsync(key, ct);

    public Task PutAsync(ObjectKey key, ReadOnlyMemory<byte> content, CancellationToken ct) => _store.PutAsync(key, content, ct);

    public Task CopyAsync(StoredObject source, ObjectKey target, CancellationToken ct) => _store.CopyAsync(source, target, ct);

    public Task<Evidence> CompareAsync(StoredObject source, StoredObject target, CancellationToken ct) => _store.CompareAsync(source, target, ct);

    public Task DeleteAsync(IReadOnlyCollection<ObjectKey> keys, CancellationToken ct) => _store.DeleteAsync(keys, ct);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
    }

    private sealed class BreakingStream(Stream inner, Break broken) : Stream
    {
        private int _left = broken.AfterBytes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0)
            {
                return broken.Silently ? 0 : throw new IOException("connection reset");
            }

            var count = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <param name="Silently">The stream ends as if the object did; else it throws.</param>
sealed record Break(int AfterBytes, bool Silently = false);
