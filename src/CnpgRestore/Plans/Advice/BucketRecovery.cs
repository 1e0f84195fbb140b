using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.Advice;

/// <summary>The best recovery that the bucket gives.</summary>
public sealed record BucketRecovery
{
    public required string BackupId { get; init; }

    /// <summary>When the base backup was finished.</summary>
    public required DateTimeOffset BackupEnd { get; init; }

    /// <summary>As stored, compressed.</summary>
    public required ByteSize Stored { get; init; }

    /// <summary>On a disk; null where backup.info does not say.</summary>
    public ByteSize? OnDisk { get; init; }

    public required string Version { get; init; }

    public required string SystemId { get; init; }

    public required string FirstSegment { get; init; }

    public required string LastSegment { get; init; }

    public required long Segments { get; init; }

    /// <summary>Of one segment, as stored, on average.</summary>
    public required ByteSize SegmentStored { get; init; }

    /// <summary>Null where the last segments hold none.</summary>
    public DateTimeOffset? LastCommit { get; init; }

    /// <summary>When the newest object of the archive was written, by the store's clock.</summary>
    public DateTimeOffset? LastArchived { get; init; }

    /// <summary>The moment that it leads to: everything committed until then is there.</summary>
    public required DateTimeOffset UpTo { get; init; }

    /// <summary>
    /// When the archive was last written to, where that is later than <see cref="UpTo"/>: a quiet database commits nothing and still archives, so that a
    /// dump of that time holds nothing else.
    /// </summary>
    public DateTimeOffset HeldUntil => Target is null && LastArchived > UpTo ? LastArchived.Value : UpTo;

    /// <summary>What the command must ask for; null: the end of the archive.</summary>
    public RecoveryTarget? Target { get; init; }

    /// <summary>What the answer rests on.</summary>
    public required string Proof { get; init; }

    public static BucketRecovery Of(RecoveryPath path, WalTail tail, WalArchive archive, RecoveryTarget? target, DateTimeOffset? upTo, string proof) => new()
    {
        BackupId = path.Backup.Id.ToString(),
        BackupEnd = path.Extent.EndTime,
        Stored = path.Backup.Size,
        OnDisk = path.Backup.Info?.ClusterSize,
        Version = path.Extent.Version.ToString(),
        SystemId = path.Extent.SystemId.ToString(),
        FirstSegment = path.FirstSegment.ToString(),
        LastSegment = path.LastSegment.ToString(),
        Segments = (long)path.SegmentCount,
        SegmentStored = new ByteSize(archive.SegmentCount == 0 ? 0 : archive.Size.Bytes / archive.SegmentCount),
        LastCommit = tail.LastCommit,
        LastArchived = archive.Newest?.LastModified,
        UpTo = upTo ?? (tail.LastCommit > path.Extent.EndTime ? tail.LastCommit.Value : path.Extent.EndTime),
        Target = target,
        Proof = proof,
    };
}
