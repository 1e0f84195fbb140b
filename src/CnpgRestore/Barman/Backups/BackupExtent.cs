using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Backups;

/// <summary>What a backup must say about itself before it can be restored: which WAL makes it consistent, and of which database system it is.</summary>
/// <param name="BeginWal">The first WAL segment that recovery reads.</param>
/// <param name="EndWal">The last one needed for consistency.</param>
/// <param name="EndLsn">Recovery is consistent from here on; no target may lie before it.</param>
/// <param name="EndTime">When the backup was finished; no target time may lie before it.</param>
public sealed record BackupExtent(
    TimelineId Timeline,
    WalSegmentName BeginWal,
    WalSegmentName EndWal,
    Lsn BeginLsn,
    Lsn EndLsn,
    DateTimeOffset BeginTime,
    DateTimeOffset EndTime,
    WalSegmentSize SegmentSize,
    SystemIdentifier SystemId,
    PostgresVersion Version);
