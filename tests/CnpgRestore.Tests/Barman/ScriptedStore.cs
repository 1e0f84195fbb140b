using CnpgRestore.ObjectStore;

namespace CnpgRestore.Tests.Barman;

/// <summary>A bucket whose listings come in whatever order the test wants, which no real store does on demand. Read only.</summary>
sealed class ScriptedStore(IReadOnlyDictionary<string, byte[]> objects, int seed = 0) : IObjectStore
{
    public static readonly DateTimeOffset Written = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    public string Address => "s3://scripted";

    public string Identity => Address;

    public static ScriptedStore OfNames(IEnumerable<string> keys, int seed = 0) => new(keys.ToDictionary(key => key, _ => Array.Empty<byte>(), StringComparer.Ordinal), seed);

    public Task<FolderLevel> ListLevelAsync(KeyPrefix prefix, CancellationToken ct)
    {
        var random = new Random(seed);
        var below = objects.Keys.Where(key => key.StartsWith(prefix.Value, StringComparison.Ordinal)).Select(key => key[prefix.Value.Length..]).ToList();
        var folders = below.Where(rest => rest.Contains('/', StringComparison.Ordinal)).Select(rest => rest[..rest.IndexOf('/', StringComparison.Ordinal)]).Distinct();
        return Task.FromResult(new FolderLevel(
            prefix,
            [.. folders.Select(prefix.Folder).OrderBy(_ => random.Next())],
            [.. below.Where(rest => !rest.Contains('/', StringComparison.Ordinal)).Select(rest => Describe(prefix.Key(rest))).OrderBy(_ => random.Next())]));
    }

    public Task<StoredObject?> FindAsync(ObjectKey key, CancellationToken ct) => Task.FromResult(objects.ContainsKey(key.Value) ? Describe(key) : null);

    public Task<Stream> OpenReadAsync(ObjectKey key, ByteRange? range, CancellationToken ct) => Task.FromResult<Stream>(new MemoryStream(objects[key.Value]));

    public Task PutAsync(ObjectKey key, ReadOnlyMemory<byte> content, CancellationToken ct) => throw new NotSupportedException();

    public Task CopyAsync(StoredObject source, ObjectKey target, CancellationToken ct) => throw new NotSupportedException();

    public Task<Evidence> CompareAsync(StoredObject source, StoredObject target, CancellationToken ct) => throw new NotSupportedException();

    public Task DeleteAsync(IReadOnlyCollection<ObjectKey> keys, CancellationToken ct) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private StoredObject Describe(ObjectKey key) => new(key, objects[key.Value].Length, ETag: null, Written);
}
