using CnpgRestore.Postgres;
using static System.FormattableString;

namespace CnpgRestore.Databases.Sequences;

/// <summary>Finds every sequence that feeds a column, and compares it with the column. Only reads.</summary>
public sealed class SequenceSurvey(DatabaseSession session)
{
    // Owned by a column (pg_depend 'a', serial and OWNED BY) or part of it ('i', identity); else a default that calls nextval, which depends on
    // the sequence where it is written as regclass, and names it in a text where it is not. Partitions are covered by their parent.
    private const string Uses = """
        WITH use AS MATERIALIZED (
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
        )
        SELECT u.seq::int8, sn.nspname::text, s.relname::text, tn.nspname::text, t.relname::text, a.attname::text
        FROM use u JOIN pg_class s ON s.oid = u.seq AND s.relkind = 'S' JOIN pg_namespace sn ON sn.oid = s.relnamespace
            JOIN pg_class t ON t.oid = u.rel AND t.relkind IN ('r', 'p') AND NOT t.relispartition JOIN pg_namespace tn ON tn.oid = t.relnamespace
            JOIN pg_attribute a ON a.attrelid = u.rel AND a.attnum = u.att AND NOT a.attisdropped
            JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = y.typbasetype
        WHERE s.relpersistence <> 't' AND coalesce(b.typname, y.typname) IN ('int2', 'int4', 'int8', 'numeric')
        ORDER BY 2, 3, 4, 5, 6
        """;

    /// <summary>By schema and name.</summary>
    public async Task<IReadOnlyList<SequenceState>> ReadAsync(CancellationToken ct)
    {
        var uses = await session.ReadAsync(
            Uses,
            row => (Sequence: new QualifiedName(row.GetString(1), row.GetString(2)), Use: new SequenceUse(new QualifiedName(row.GetString(3), row.GetString(4)), row.GetString(5))),
            ct);
        var states = new List<SequenceState>();
        foreach (var group in uses.GroupBy(use => use.Sequence))
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
        foreach (var use in uses)
        {
            var column = QualifiedName.Quote(use.Column);
            var extreme = (await session.ReadAsync(
                Invariant($"SELECT {(state.Increment > 0 ? "max" : "min")}({column})::numeric FROM {use.Table.Sql} WHERE {column} BETWEEN {state.Minimum} AND {state.Maximum}"),
                row => row.IsDBNull(0) ? (decimal?)null : row.GetDecimal(0),
                ct))[0];
            if (extreme is { } value)
            {
                state = state with { Extreme = state.Extreme is not { } other ? value : state.Increment > 0 ? Math.Max(other, value) : Math.Min(other, value) };
            }
        }

        return state;
    }
}
