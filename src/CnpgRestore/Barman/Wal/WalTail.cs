using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>What the end of a recovery path holds.</summary>
/// <param name="LastCommit">The latest commit; null where the segments that were read hold none.</param>
/// <param name="LastEnd">The latest commit or rollback: recovery can stop at a target time before this, and not at it or behind it.</param>
/// <param name="LastRecord">Where the last record begins: recovery can stop at a target LSN up to here.</param>
/// <param name="SegmentsRead">How many segments were looked into.</param>
/// <param name="Damage">Why a segment could not be read, as one clause; null where all could.</param>
public sealed record WalTail(DateTimeOffset? LastCommit, DateTimeOffset? LastEnd, Lsn? LastRecord, int SegmentsRead, string? Damage)
{
    /// <summary>What is said of a segment that is damaged, or another one than its name says.</summary>
    internal static string Unreadable(WalSegmentName segment, InvalidDataException e) => $"WAL segment {segment} cannot be read: {e.Message}";
}
