namespace CnpgRestore.ObjectStore;

/// <summary>One level of two folders.</summary>
/// <param name="Folders">The next levels, as prefixes of the source side, that exist on either side.</param>
public sealed record ComparedLevel(
    IReadOnlyList<KeyPrefix> Folders,
    IReadOnlyList<StoredObject> OnlyInSource,
    IReadOnlyList<StoredObject> OnlyInTarget,
    IReadOnlyList<ObjectPair> InBoth);

/// <summary>The same name on both sides; whether the contents are equal is another question.</summary>
public sealed record ObjectPair(StoredObject Source, StoredObject Target);
