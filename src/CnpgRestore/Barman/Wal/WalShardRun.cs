using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>Consecutive segments within one "log", before the segment size is known that says how the logs join.</summary>
readonly record struct WalShardRun(TimelineId Timeline, uint Log, ulong First, ulong Last);
