using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>Missing segments between two that are there; both ends are missing ones.</summary>
public sealed record WalGap(WalSegmentName First, WalSegmentName Last, ulong Count);
