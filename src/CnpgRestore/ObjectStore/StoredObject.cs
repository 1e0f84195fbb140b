namespace CnpgRestore.ObjectStore;

/// <summary>One object as a listing shows it.</summary>
/// <param name="Size">Bytes, as stored (compressed objects count compressed).</param>
/// <param name="ETag">Without quotes; null where the store keeps none. An MD5 only for single-part uploads without KMS encryption.</param>
/// <param name="LastModified">The store's clock, whole seconds on most providers.</param>
public sealed record StoredObject(ObjectKey Key, long Size, string? ETag, DateTimeOffset LastModified)
{
    /// <summary>
    /// <c>GLACIER</c> or <c>DEEP_ARCHIVE</c>, from where an object must be restored before anybody can read it; null where it can be read at once. A listing
    /// shows it for a restored one too; <see cref="IObjectStore.FindAsync"/> knows.
    /// </summary>
    public string? ArchiveClass { get; init; }
}
