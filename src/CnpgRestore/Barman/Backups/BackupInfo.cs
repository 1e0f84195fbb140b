using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Backups;

/// <summary>
/// The content of one <c>backup.info</c>. A field is null where the file does not have it, says <c>None</c>, or says something that cannot
/// be understood; in the last case the key is in <see cref="Malformed"/>.
/// </summary>
public sealed record BackupInfo
{
    public BackupStatus? Status { get; init; }

    /// <summary>What CNPG called it: <c>backup-20260301020000</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Why it failed, in barman's words.</summary>
    public string? Error { get; init; }

    public DateTimeOffset? BeginTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public WalSegmentName? BeginWal { get; init; }

    public WalSegmentName? EndWal { get; init; }

    public Lsn? BeginLsn { get; init; }

    public Lsn? EndLsn { get; init; }

    public TimelineId? Timeline { get; init; }

    public PostgresVersion? Version { get; init; }

    public SystemIdentifier? SystemId { get; init; }

    public WalSegmentSize? SegmentSize { get; init; }

    public bool? DataChecksums { get; init; }

    /// <summary>Of the data directory and the tablespaces on the original server's disk; only newer versions of barman note it.</summary>
    public ByteSize? ClusterSize { get; init; }

    public IReadOnlyList<Tablespace> Tablespaces { get; init; } = [];

    /// <summary>The text of <c>backup_label</c>, with real line ends.</summary>
    public string? Label { get; init; }

    /// <summary>The data directory in the original server.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Keys whose values could not be understood.</summary>
    public IReadOnlyList<string> Malformed { get; init; } = [];

    /// <summary>Null where a field is missing without which nothing can be restored.</summary>
    public BackupExtent? Extent =>
        Timeline is { } timeline && BeginWal is { } beginWal && EndWal is { } endWal && BeginLsn is { } beginLsn && EndLsn is { } endLsn &&
        BeginTime is { } beginTime && EndTime is { } endTime && SystemId is { } systemId && Version is { } version
            ? new(timeline, beginWal, endWal, beginLsn, endLsn, beginTime, endTime, SegmentSize ?? WalSegmentSize.Default, systemId, version)
            : null;

    /// <summary>The keys that <see cref="Extent"/> misses.</summary>
    public IReadOnlyList<string> MissingForRestore
    {
        get
        {
            (string Key, object? Value)[] needed =
            [
                ("timeline", Timeline), ("begin_wal", BeginWal), ("end_wal", EndWal), ("begin_xlog", BeginLsn), ("end_xlog", EndLsn),
                ("begin_time", BeginTime), ("end_time", EndTime), ("systemid", SystemId), ("version", Version),
            ];
            return needed.Where(entry => entry.Value is null).Select(entry => entry.Key).ToList();
        }
    }

    /// <summary>
    /// CNPG calls a backup finished when both times are there; it does not look at the status
    /// (cloudnative-pg/barman-cloud pkg/catalog/catalog.go).
    /// </summary>
    public bool LooksFinishedToCnpg => BeginTime is not null && EndTime is not null;
}
