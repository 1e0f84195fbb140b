using CnpgRestore.ObjectStore;

namespace CnpgRestore.Tests.Barman;

/// <summary>A bucket that is only listed; whoever asks for more has come too far.</summary>
abstract class ListedStore(string address) : IObjectStore
{
    public string Address => address;

    public string Identity => address;

    public abstract Task<FolderLevel> ListLevelAsync(KeyPrefix prefix, CancellationToken ct);

    public Task<StoredObject?> FindAsync(ObjectKey key, CancellationToken ct) => throw new NotSupportedException();

    public Task<Stream> OpenReadAsync(ObjectKey key, ByteRange? range, CancellationToken ct) => throw new NotSupportedException();

    public Task PutAsync(ObjectKey key, ReadOnlyMemory<byte> content, CancellationToken ct) => throw new NotSupportedException();

    public Task CopyAsync(StoredObject source, ObjectKey target, CancellationToken ct) => throw new NotSupportedException();

    public Task<Evidence> CompareAsync(StoredObject source, StoredObject target, CancellationToken ct) => throw new NotSupportedException();

    public Task DeleteAsync(IReadOnlyCollection<ObjectKey> keys, CancellationToken ct) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
