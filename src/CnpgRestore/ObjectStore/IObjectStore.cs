namespace CnpgRestore.ObjectStore;

/// <summary>
/// A flat name space of objects: an S3 bucket below a path, or a directory. Both implementations pass the same conformance suite.
/// <para>
/// Every call throws <see cref="RestoreException"/> with <see cref="ProblemCode.AccessDenied"/>, <see cref="ProblemCode.Unreachable"/> or
/// <see cref="ProblemCode.NotFound"/> for what a user can act on. Calls may be made from many threads at once. Throttling and passing
/// faults are retried inside; what is thrown is final.
/// </para>
/// </summary>
public interface IObjectStore : IDisposable
{
    /// <summary>The root as a person writes it: <c>s3://cloudnative-pg/path</c> or <c>file:///mnt/mirror</c>.</summary>
    string Address { get; }

    /// <summary>Tells this store from every other, also from one of the same name elsewhere: with the endpoint, without credentials.</summary>
    string Identity { get; }

    /// <summary>
    /// The words that name it in a command that is printed, without credentials and not quoted yet: <c>-b s3://cloudnative-pg -e https://gateway.storjshare.io</c>.
    /// </summary>
    IReadOnlyList<string> Options => ["-b", Address];

    /// <summary>What is directly below a prefix. The order is the store's own and means nothing; no entry appears twice.</summary>
    Task<FolderLevel> ListLevelAsync(KeyPrefix prefix, CancellationToken ct);

    /// <summary>One object, or null where it does not exist.</summary>
    Task<StoredObject?> FindAsync(ObjectKey key, CancellationToken ct);

    /// <summary>
    /// The bytes of an object, or of a part of it. A connection that breaks while the stream is read throws <see cref="IOException"/> from the
    /// stream: the caller knows how far it got and asks for the rest.
    /// </summary>
    Task<Stream> OpenReadAsync(ObjectKey key, ByteRange? range, CancellationToken ct);

    /// <summary>Writes a small object in one piece; it appears whole or not at all.</summary>
    Task PutAsync(ObjectKey key, ReadOnlyMemory<byte> content, CancellationToken ct);

    /// <summary>
    /// Copies inside the store, without the bytes passing through this process; tags and metadata go along. The target appears whole or not at
    /// all, and an existing one is replaced.
    /// </summary>
    Task CopyAsync(StoredObject source, ObjectKey target, CancellationToken ct);

    /// <summary>
    /// The strongest proof of equal content that the store gives without anybody reading the bytes. <see cref="Evidence.Size"/> means that the
    /// sizes agree and the store says no more.
    /// </summary>
    Task<Evidence> CompareAsync(StoredObject source, StoredObject target, CancellationToken ct);

    /// <summary>Deletes objects; one that is already gone is no error. On a store with versioning a version stays behind.</summary>
    Task DeleteAsync(IReadOnlyCollection<ObjectKey> keys, CancellationToken ct);
}
