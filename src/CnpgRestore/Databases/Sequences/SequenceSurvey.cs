using CnpgRestore.Postgres;
using static System.FormattableString;

namespace CnpgRestore.Databases.Sequences;

/// <summary>Finds every sequence that feeds a column, and compares it with the column. Only reads.</summary>
public sealed class SequenceSurvey(DatabaseSession session)
{
    // Owned by a column (pg_depend 'a', serial and OWNED BY) or part of it ('i', identity); else a default that calls nextval, which depends on
    // the sequence where it is written as regclass, and names it in a text where it is not. Partitions are covered by their parent.
    // A table with a foreign one below it is left out: its rows would be asked of another server, which need not answer.
    private const string Uses = """
        WITH RECURSIVE use AS MATERIALIZED (
            SELECT d.objid AS seq, d.refobjid AS rel, d.refobjsubid AS att FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
            UNION
            SELECT d.refobjid, a.adrelid, a.adnum FROM pg_depend d JOIN pg_attrdef a ON a.oid = d.objid JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
            WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
                AND pg_get_expr(a.adbin, a.adrelid) ~ $re$^\(*nextval\('([^']|'')*'::regclass\)\)*(::[a-z ]+)?$$re$
            UNION
            SELECT coalesce(to_regclass(x.name), to_regclass(format('%I.%s', x.nspname, x.name)), to_regclass('public.' || x.name)), x.adrelid, x.adnum
            FROM (
                SELECT replace(substring(pg_get_expr(a.adbin, a.adrelid) FROM $re$^\(*nextval\(\('((?:[^']|'')*)'::text\)::regclass\)\)*(?:::[a-z ]+)?$$re$), '''''', '''') AS name,
                    n.nspname, a.adrelid, a.adnum
                FROM pg_attrdef a JOIN pg_class c ON c.oid = a.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            ) x WHERE x.name IS NOT NULL
        ), remote AS (
            SELECT i.inhparent AS rel FROM pg_inherits i JOIN pg_class f ON f.oid = i.inhrelid AND f.relkind = 'f'
            UNION SELECT i.inhparent FROM pg_inherits i JOIN remote r ON r.rel = i.inhrelid
        )
        SELECT u.seq::int8, sn.nspname::text, s.relname::text, tn.nspname::text, t.relname::text, a.attname::text
        FROM use u JOIN pg_class s ON s.oid = u.seq AND s.relkind = 'S' JOIN pg_namespace sn ON sn.oid = s.relnamespace
            JOIN pg_class t ON t.oid = u.rel AND t.relkind IN ('r', 'p') AND NOT t.relispartition JOIN pg_namespace tn ON tn.oid = t.relnamespace
            JOIN pg_attribute a ON a.attrelid = u.rel AND a.attnum = u.att AND NOT a.attisdropped
            JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = y.typbasetype
        WHERE s.relpersistence <> 't' AND NOT EXISTS (SELECT FROM remote WHERE remote.rel = u.rel) AND coalesce(b.typname, y.typname) IN ('int2', 'int4', 'int8', 'numeric')
        ORDER BY 2, 3, 4, 5, 6
        """;

    // Partitions named by themselves are covered by what they are part of.
    private const string Roots = """
        SELECT n.nspname::text, c.relname::text FROM unnest($1::text[]) AS given JOIN pg_class c ON c.oid = coalesce(pg_partition_root(to_regclass(given)), to_regclass(given))
            JOIN pg_namespace n ON n.oid = c.relnamespace
        """;

    /// <summary>By schema and name.</summary>
    public Task<IReadOnlyList<SequenceState>> ReadAsync(CancellationToken ct) => ReadAsync(_ => true, ct);

    /// <summary>Those alone that feed one of these tables.</summary>
    public async Task<IReadOnlyList<SequenceState>> ReadAsync(IReadOnlyCollection<QualifiedName> tables, CancellationToken ct)
    {
        var roots = (await session.ReadAsync(Roots, row => new QualifiedName(row.GetString(0), row.GetString(1)), ct, (object)tables.Select(table => table.Sql).ToArray())).ToHashSet();
        return await ReadAsync(use => roots.Contains(use.Table), ct);
    }

    private async Task<IReadOnlyList<SequenceState>> ReadAsync(Func<SequenceUse, bool> concerns, CancellationToken ct)
    {
        var uses = await session.ReadAsync(
            Uses,
            row => (Sequence: new QualifiedName(row.GetString(1), row.GetString(2)), Use: new SequenceUse(new QualifiedName(row.GetString(3), row.GetString(4)), row.GetString(5))),
            ct);
        var states = new List<SequenceState>();
        foreach (var group in uses.GroupBy(use => use.Sequence).Where(group => group.Any(use => concerns(use.Use))))
        {
            states.Add(await ReadAsync(group.Key, [.. group.Select(use => use.Use)], ct));
        }

        return states;
    }

    /// <summary>One sequence, now.</summary>
    public async Task<SequenceState> ReadAsync(QualifiedName name, IReadOnlyList<SequenceUse> uses, CancellationToken ct)
    {
        var state = (await session.ReadAsync(
            $"""
            SELECT p.seqincrement, p.seqmin, p.seqmax, p.seqcycle, s.last_value::numeric - CASE WHEN s.is_called THEN 0 ELSE p.seqincrement END
            FROM pg_sequence p, {name.Sql} s WHERE p.seqrelid = $1::regclass
            """,
            row => new SequenceState(name, uses, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetBoolean(3), row.GetDecimal(4), Extreme: null),
            ct,
            name.Sql))[0];
        var end = state.Increment > 0 ? state.Maximum : state.Minimum;
        foreach (var use in uses)
        {
            var extreme = await ExtremeAsync(state, use, end, ct);
            if (extreme is { } found && IsBeyond(found, state.LastWithNext, state) && IsBeyond(found, state.Last, state))
            {
                state = state with { AtEnd = found };
                extreme = await ExtremeAsync(state, use, state.LastWithNext, ct);
            }

            if (extreme is { } value)
            {
                state = state with { Extreme = state.Extreme is { } other && !IsBeyond(value, other, state) ? other : value };
            }
        }

        return state;
    }

    /// <param name="end">The last value that counts.</param>
    private async Task<decimal?> ExtremeAsync(SequenceState state, SequenceUse use, decimal end, CancellationToken ct)
    {
        var column = QualifiedName.Quote(use.Column);
        var (which, from, to) = state.Increment > 0 ? ("max", state.Minimum, end) : ("min", end, state.Maximum);
        return (await session.ReadAsync(
            Invariant($"SELECT {which}({column})::numeric FROM {use.Table.Sql} WHERE {column} BETWEEN {from} AND {to}"),
            row => row.IsDBNull(0) ? (decimal?)null : row.GetDecimal(0),
            ct))[0];
    }

    private static bool IsBeyond(decimal value, decimal other, SequenceState state) => state.Increment > 0 ? value > other : value < other;
}
