using System.Diagnostics;
using CnpgRestore.Databases;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Postgres;
using Npgsql;
using static System.FormattableString;

namespace CnpgRestore.Runs.FromDump;

/// <summary>
/// Gives a database's name to another one, in one transaction. ALTER DATABASE ... RENAME takes the lock that every new session waits for, and then
/// waits up to five seconds for the old ones to go (src/backend/commands/dbcommands.c, RenameDatabase), which are ended from a second session
/// meanwhile. Nothing is held off by a setting that a kill would leave behind.
/// </summary>
sealed class DatabaseSwap(IDatabaseServer server, DatabaseSession ending)
{
    private const int Attempts = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="live">Its name goes to <paramref name="replacement"/>; it gets the name <paramref name="aside"/> and lets nobody in any more.</param>
    /// <param name="mark">What the one that lies aside says of itself.</param>
    /// <returns>How long no session could be opened.</returns>
    public async Task<TimeSpan> RunAsync(string live, string aside, string replacement, string state, FromDumpDecision mark, CancellationToken ct)
    {
        // That an earlier run had made the live one is no word about the one that takes its place.
        var comment = (await DatabaseProperties.ReadAsync(ending, live, ct))?.Comment is { } said && !RunMark.Is(said) ? said : null;
        string[] statements =
        [
            "BEGIN",
            $"ALTER DATABASE {QualifiedName.Quote(live)} RENAME TO {QualifiedName.Quote(aside)}",
            $"ALTER DATABASE {QualifiedName.Quote(replacement)} RENAME TO {QualifiedName.Quote(live)}",
            $"ALTER DATABASE {QualifiedName.Quote(aside)} ALLOW_CONNECTIONS false",
            $"ALTER DATABASE {QualifiedName.Quote(live)} ALLOW_CONNECTIONS true",
            RunMark.Statement(aside, state, mark.ToJson()),
            $"COMMENT ON DATABASE {QualifiedName.Quote(live)} IS {(comment is null ? "NULL" : QualifiedName.Literal(comment))}",
            "COMMIT",
        ];
        return await RunAsync(statements, [live, replacement], mark, ct);
    }

    /// <summary>Where no other database takes part: the restored one gets its name, or loses it again.</summary>
    /// <param name="isLive">Whether it lets anybody in afterwards.</param>
    /// <returns>How long no session could be opened.</returns>
    public Task<TimeSpan> RenameAsync(string from, string to, bool isLive, string state, FromDumpDecision mark, CancellationToken ct) => RunAsync(
        [
            "BEGIN",
            $"ALTER DATABASE {QualifiedName.Quote(from)} RENAME TO {QualifiedName.Quote(to)}",
            $"ALTER DATABASE {QualifiedName.Quote(to)} ALLOW_CONNECTIONS {(isLive ? "true" : "false")}",
            RunMark.Statement(to, state, mark.ToJson()),
            "COMMIT",
        ],
        [from],
        mark,
        ct);

    private async Task<TimeSpan> RunAsync(string[] statements, string[] held, FromDumpDecision decision, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var start = Stopwatch.GetTimestamp();
            await using var renaming = await DatabaseSession.OpenAsync(server, FromDumpPlanner.Maintenance, ct);
            try
            {
                foreach (var statement in statements)
                {
                    var done = renaming.ExecuteAsync(statement, ct);
                    await EndSessionsAsync(held, done, ct);
                    await done;
                }

                return Stopwatch.GetElapsedTime(start);
            }
            catch (RestoreException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.ObjectInUse } && attempt < Attempts)
            {
                // Somebody came back before the lock was there; the transaction is rolled back with its session.
            }
            catch (RestoreException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.DuplicateDatabase } taken)
            {
                throw new RestoreException(
                    ProblemCode.Stopped,
                    $"somebody has made a database of that name meanwhile: {held[0]} keeps its own",
                    taken.MessageText,
                    $"rename or drop that one, then: {decision.ResumeCommand}{(decision.IsFresh ? "" : $"; or: cnpg-restore runs undo {decision.Run}")}",
                    e);
            }
            catch (RestoreException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.ObjectInUse } busy)
            {
                throw new RestoreException(
                    ProblemCode.Stopped,
                    $"{held[0]} is still in use: no name is changed",
                    Invariant($"{busy.MessageText}: {busy.Detail}, {Attempts} times"),
                    $"stop who connects, then: {decision.ResumeCommand}",
                    e);
            }
        }
    }

    private async Task EndSessionsAsync(string[] databases, Task until, CancellationToken ct)
    {
        while (!until.IsCompleted)
        {
            await ending.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY ($1)", ct, (object)databases);
            await Task.WhenAny(until, Task.Delay(Pause, ct));
        }
    }
}
