using CnpgRestore.ObjectStore;

namespace CnpgRestore.Tests.ObjectStore;

/// <summary>
/// The listing of an archive of many WAL segments, and of its complete copy, made as it is asked for. It tells how much memory was in use at
/// most while it was listed.
/// </summary>
sealed class ScriptedArchive(int segments, Evidence evidence) : IObjectStore
{
    private const int PerFolder = 256;

    private long _mostMemory;
    private long _compared;

    public int Count { get; } = segments / PerFolder * PerFolder;

    public string Address => "s3://scripted";

    public string Identity => Address;

    /// <summary>How many times somebody has asked for evidence.</summary>
    public long Compared => Interlocked.Read(ref _compared);

    public long MostMemory => Interlocked.Read(ref _mostMemory);

    public Task<FolderLevel> ListLevelAsync(KeyPrefix prefix, CancellationToken ct) => Task.Run(() =>
    {
        var used = GC.GetTotalMemory(forceFullCollection: false);
        if (used > MostMemory)
        {
            Interlocked.Exchange(ref _mostMemory, used);
        }

        return prefix.Name switch
        {
            "source" or "target" => new FolderLevel(prefix, [prefix.Folder("wals")], []),
            "wals" => new FolderLevel(prefix, [.. Enumerable.Range(0, Count / PerFolder).Select(n => prefix.Folder($"00000001{n:X8}"))], []),
            var folder => new FolderLevel(prefix, [], [.. Enumerable.Range(0, PerFolder).Select(n => Segment(prefix.Key($"{folder}{n:X8}.gz")))]),
        };
    }, ct);

    public Task<Evidence> CompareAsync(StoredObject source, StoredObject target, CancellationToken ct)
    {
        Interlocked.Increment(ref _compared);
        return Task.FromResult(evidence);
    }

    public Task<Stream> OpenReadAsync(ObjectKey key, CnpgRestore.ObjectStore.ByteRange? range, CancellationToken ct) => Task.FromResult<Stream>(new MemoryStream([1]));

    public Task<StoredObject?> FindAsync(ObjectKey key, CancellationToken ct) => throw new NotSupportedException();

    public Task PutAsync(ObjectKey key, ReadOnlyMemory<byte> content, CancellationToken ct) => throw new NotSupportedException();

    public Task CopyAsync(StoredObject source, ObjectKey target, CancellationToken ct) => throw new NotSupportedException();

    public Task DeleteAsync(IReadOnlyCollection<ObjectKey> keys, CancellationToken ct) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private static StoredObject Segment(ObjectKey key) => new(key, 1, "0123456789abcdef0123456789abcdef", DateTimeOffset.UnixEpoch);
}
