namespace CnpgRestore.ObjectStore;

/// <summary>
/// What lies directly below a prefix: objects, and the prefixes of the next level. Barman's folders keep a level small (256 WAL segments
/// of 16 MiB, 4,096 of 1 MiB), which is what bounds the memory of everything that works level by level.
/// </summary>
public sealed record FolderLevel(KeyPrefix Prefix, IReadOnlyList<KeyPrefix> Folders, IReadOnlyList<StoredObject> Objects);
