using System.Globalization;
using CnpgRestore.Barman;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;
using static System.FormattableString;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>Ends the WAL segment that a primary writes to, and waits until it lies in the bucket.</summary>
sealed class WalSwitch(InstancePsql psql, IObjectStore store, TimeProvider clock)
{
    /// <summary>CNPG retries a failed archive command within a minute; a healthy one takes seconds.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <param name="folder">The server folder that the primary archives to.</param>
    /// <returns>The segment, and why it is not there; null where it is.</returns>
    /// <exception cref="RestoreException">The primary does not answer, or is none.</exception>
    public async Task<(WalSegmentName Segment, string? Failure)> ArchiveAsync(string folder, CancellationToken ct)
    {
        // A transaction of its own makes a record: a segment without one would not be switched, and nothing would show that the primary archives.
        await psql.ValueAsync("postgres", "SELECT txid_current()", ct);
        // Of the switch itself: asked before, a position on the boundary of two segments belongs to the one that is archived already.
        var segment = WalSegmentName.Parse(await psql.ValueAsync("postgres", "SELECT pg_walfile_name(pg_switch_wal())", ct), CultureInfo.InvariantCulture);
        var start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < Limit)
        {
            if ((await WalLevel.ReadAsync(store, ServerFolder.Named(folder), segment, ct)).Find(segment) is not null)
            {
                return (segment, null);
            }

            await Task.Delay(Interval, clock, ct);
        }

        var failed = (await psql.QueryAsync("postgres", "SELECT coalesce(last_failed_wal, 'none'), failed_count FROM pg_stat_archiver", ct))[0];
        return (segment, Invariant($"WAL segment {segment} did not come to {folder}/ within {Limit.TotalMinutes} minutes; last failed {failed[0]}, {failed[1]} failures"));
    }
}
