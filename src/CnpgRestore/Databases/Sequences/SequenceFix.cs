using static System.FormattableString;

namespace CnpgRestore.Databases.Sequences;

/// <summary>
/// Sets sequences that are behind to what their columns need, each in a transaction that keeps writers away from the columns and from the sequence.
/// One that is ahead is never set back.
/// </summary>
public sealed class SequenceFix(DatabaseSession session)
{
    // One that forbids DDL would refuse the ALTER. Only a superuser may, and whoever is none goes on without. Until the transaction ends; event_triggers came
    // with PostgreSQL 17, and has to do with those as well that are enabled ALWAYS.
    private const string WithoutEventTriggers = """
        SELECT pg_catalog.set_config(s.name, CASE s.name WHEN 'event_triggers' THEN 'off' ELSE 'replica' END, true)
        FROM pg_catalog.pg_settings s JOIN pg_catalog.pg_roles r ON r.rolname = current_user AND r.rolsuper WHERE s.name IN ('session_replication_role', 'event_triggers')
        """;

    /// <summary>Sets one; gives the value, or null where it turned out, under the lock, that nothing was to be done.</summary>
    public async Task<decimal?> FixAsync(SequenceState found, CancellationToken ct)
    {
        await session.ExecuteAsync("BEGIN", ct);
        try
        {
            foreach (var table in found.Uses.Select(use => use.Table).Distinct().Order())
            {
                await session.ExecuteAsync($"LOCK TABLE {table.Sql} IN SHARE ROW EXCLUSIVE MODE", ct);
            }

            await session.ExecuteAsync(WithoutEventTriggers, ct);
            // LOCK takes no sequences. ALTER SEQUENCE does, against nextval of others (lock_and_open_sequence, src/backend/commands/sequence.c).
            await session.ExecuteAsync(Invariant($"ALTER SEQUENCE {found.Name.Sql} INCREMENT BY {found.Increment}"), ct);
            var now = await new SequenceSurvey(session).ReadAsync(found.Name, found.Uses, ct);
            if (now.Needed is { } needed)
            {
                await session.ExecuteAsync(Invariant($"SELECT setval($1::regclass, {needed}, true)"), ct, found.Name.Sql);
            }

            await session.ExecuteAsync("COMMIT", ct);
            return now.Needed;
        }
        catch (RestoreException e) when (e.Problem.Code != ProblemCode.Unreachable)
        {
            // Where the session is lost, the server rolls back by itself.
            await session.ExecuteAsync("ROLLBACK", CancellationToken.None);
            throw;
        }
    }

    /// <summary>Sets all that are behind and gives what was set.</summary>
    public async Task<IReadOnlyList<(SequenceState Sequence, decimal Value)>> FixAsync(IReadOnlyList<SequenceState> sequences, CancellationToken ct)
    {
        var set = new List<(SequenceState, decimal)>();
        foreach (var sequence in sequences.Where(sequence => sequence.IsBehind))
        {
            if (await FixAsync(sequence, ct) is { } value)
            {
                set.Add((sequence, value));
            }
        }

        return set;
    }
}
