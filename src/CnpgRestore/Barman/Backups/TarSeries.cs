using CnpgRestore.Barman.Wal;

namespace CnpgRestore.Barman.Backups;

/// <summary>The tars of the data directory or of one tablespace, in the order in which they are extracted.</summary>
/// <param name="TablespaceOid">Null for the data directory.</param>
public sealed record TarSeries(uint? TablespaceOid, IReadOnlyList<ArchivedFile> Parts);
