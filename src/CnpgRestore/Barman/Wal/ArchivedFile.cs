using CnpgRestore.Compression;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Barman.Wal;

/// <summary>An object together with the way it was compressed.</summary>
public sealed record ArchivedFile(StoredObject Object, ArchiveCompression Compression)
{
    /// <summary>Of several forms of one file, barman-cloud-wal-restore takes the first compressed one in the order of keys.</summary>
    public bool IsReadBefore(ArchivedFile? other) => other is null
        || (other.Compression == ArchiveCompression.None && Compression != ArchiveCompression.None)
        || (Compression != ArchiveCompression.None && Object.Key.CompareTo(other.Object.Key) < 0);
}
