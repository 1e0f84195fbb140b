using System.Diagnostics;
using CnpgRestore.Databases;
using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.Runs.FromDump;

/// <summary>
/// One run per database, from whatever machine: an advisory lock of the server, which a session holds that does nothing else. It goes when the
/// process ends, however it ends.
/// </summary>
public sealed class DatabaseLock : IAsyncDisposable
{
    // The letters "cnpg".
    private const int Key = 0x636E7067;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly DatabaseSession _session;

    private DatabaseLock(DatabaseSession session) => _session = session;

    /// <exception cref="RestoreException">Exit 11: another run holds it; the detail tells which.</exception>
#pragma warning disable CA2000 // The lock that comes back owns the session.
    public static async Task<DatabaseLock> TakeAsync(IDatabaseServer server, string database, string run, CancellationToken ct)
    {
        var session = await DatabaseSession.OpenAsync(server, FromDumpPlanner.Maintenance, ct);
        try
        {
            await session.ExecuteAsync($"SET application_name TO 'cnpg-restore, lock of {run}'", ct);
            var start = Stopwatch.GetTimestamp();
            do
            {
                if (await session.ValueAsync<bool>($"SELECT pg_try_advisory_lock({Key}, hashtext($1))", ct, database))
                {
                    return new DatabaseLock(session);
                }

                await Task.Delay(Pause, ct);
            }
            while (Stopwatch.GetElapsedTime(start) < server.Linger);

            var holder = await session.ReadAsync(
                $"""
                SELECT concat_ws(' ', a.application_name, 'from', coalesce(host(a.client_addr), 'the socket')) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                WHERE l.locktype = 'advisory' AND l.classid = {Key} AND l.objid = hashtext($1)::oid AND l.granted
                """,
                row => row.GetString(0),
                ct,
                database);
            throw new RestoreException(
                ProblemCode.Locked, $"another run holds database {database} on {server.Address}", string.Join(", ", holder), "wait until it ends; a run that was killed holds nothing");
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }
#pragma warning restore CA2000

    /// <summary>The line of an idle session may have broken, and another run may have taken the lock.</summary>
    /// <exception cref="RestoreException">Exit 13 or 20: it is not held any more.</exception>
    public async Task DemandAsync(CancellationToken ct)
    {
        if (!await _session.ValueAsync<bool>($"SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = {Key} AND pid = pg_backend_pid() AND granted)", ct))
        {
            throw new RestoreException(ProblemCode.Stopped, "the lock on the database is lost: nothing more is changed", null, "run the same command again; it goes on where it stopped");
        }
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();
}
