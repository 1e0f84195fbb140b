namespace CnpgRestore.ObjectStore;

/// <summary>One object as a listing shows it.</summary>
/// <param name="Size">Bytes, as stored (compressed objects count compressed).</param>
/// <param name="ETag">Without quotes; null where the store keeps none. An MD5 only for single-part uploads without KMS encryption.</param>
/// <param name="LastModified">The store's clock, whole seconds on most providers.</param>
public sealed record StoredObject(ObjectKey Key, long Size, string? ETag, DateTimeOffset LastModified);
