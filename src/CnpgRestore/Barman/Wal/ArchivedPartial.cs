using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>A <c>.partial</c> segment in the archive: the rest of a timeline that a promotion left.</summary>
public sealed record ArchivedPartial(WalSegmentName Segment, ArchivedFile File);
