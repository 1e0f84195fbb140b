using CnpgRestore.Compression;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Barman.Wal;

/// <summary>An object together with the way it was compressed.</summary>
public sealed record ArchivedFile(StoredObject Object, ArchiveCompression Compression);
