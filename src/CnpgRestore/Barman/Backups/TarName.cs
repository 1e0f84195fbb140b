using CnpgRestore.Compression;

namespace CnpgRestore.Barman.Backups;

/// <summary>What the name of a tar says.</summary>
/// <param name="TablespaceOid">Null for the data directory.</param>
/// <param name="Part">0 for the first, unnumbered tar; 1 for <c>_0001</c>.</param>
public readonly record struct TarName(uint? TablespaceOid, int Part, ArchiveCompression Compression);
