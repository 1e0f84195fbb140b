using CnpgRestore.Barman.Recovery;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>Reads the end of a recovery path, so that a target time is compared with what is really in the log.</summary>
public static class LastCommit
{
    /// <summary>
    /// An idle server switches segments without a commit (archive_timeout, 5 minutes in CNPG). Forty minutes of that is looked through;
    /// more would be a download that nobody expects of a listing.
    /// </summary>
    public const int MostSegments = 8;

    public static async Task<WalTail> FindAsync(IObjectStore store, ServerFolder folder, RecoveryPath path, CancellationToken ct)
    {
        var tail = await ReadAsync(store, folder, path, [path.LastSegment], ct);
        var (lastRecord, lastEnd) = (tail.LastRecord, tail.LastEnd);
        var (segment, read) = (path.LastSegment, 1);
        while (tail is { LastCommit: null, Damage: null } && read < MostSegments && path.Before(segment) is { } before)
        {
            // A commit that begins in one segment may end in the next, so the two are read in one go.
            tail = await ReadAsync(store, folder, path, [before, segment], ct);
            // A rollback in a segment that was read before is later than a commit further back.
            lastEnd = tail.LastEnd is { } end ? Later(lastEnd, end) : lastEnd;
            (segment, read) = (before, read + 1);
        }

        return tail with { LastRecord = lastRecord, LastEnd = lastEnd, SegmentsRead = read };
    }

    private static async Task<WalTail> ReadAsync(IObjectStore store, ServerFolder folder, RecoveryPath path, WalSegmentName[] segments, CancellationToken ct)
    {
        var reader = new WalReader(path.Extent.SegmentSize);
        DateTimeOffset? commit = null, end = null;
        string? damage = null;
        foreach (var segment in segments)
        {
            try
            {
                await using var wal = await WalSegmentFile.OpenAsync(store, folder, segment, ct);
                await foreach (var item in reader.ReadAsync(segment, wal, ct))
                {
                    if (item is WalEvent.Timed { Time: var time } and not WalEvent.RestorePoint)
                    {
                        end = Later(end, time);
                        commit = item is WalEvent.Commit ? Later(commit, time) : commit;
                    }
                }
            }
            catch (InvalidDataException e)
            {
                damage = WalTail.Unreadable(segment, e);
            }
        }

        if (reader.SystemId is { } systemId && systemId != path.Extent.SystemId)
        {
            damage ??= $"WAL segment {segments[0]} is of database system {systemId}, the base backup of {path.Extent.SystemId}";
        }

        return new WalTail(commit, end, reader.LastRecord, segments.Length, damage);
    }

    private static DateTimeOffset Later(DateTimeOffset? left, DateTimeOffset right) => left > right ? left.Value : right;
}
