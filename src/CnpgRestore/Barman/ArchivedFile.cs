using CnpgRestore.ObjectStore;

namespace CnpgRestore.Barman;

/// <summary>An object together with the way it was compressed.</summary>
public sealed record ArchivedFile(StoredObject Object, ArchiveCompression Compression);
