using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Asks the target which tables may be filled by several connections at once, in any order.</summary>
static class DataOrder
{
    // Not those whose rows depend on rows: foreign keys, triggers and rules that are there already; and not those where a function of the user's own is
    // called for each row by a check, a domain, a generated column, an index or a partition key: whatever it promises, it may look at other tables.
    private const string Query = """
        WITH code AS (
            SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass AS class, p.oid FROM pg_catalog.pg_proc p WHERE p.oid >= 16384
            UNION ALL SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass, o.oid FROM pg_catalog.pg_operator o WHERE o.oid >= 16384
        ), calls AS (
            SELECT d.classid, d.objid FROM pg_catalog.pg_depend d JOIN code ON d.refclassid = code.class AND d.refobjid = code.oid
            WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = code.class AND e.objid = code.oid AND e.deptype = 'e')
        ), dependent AS (
            SELECT conrelid AS oid FROM pg_catalog.pg_constraint WHERE contype = 'f'
            UNION SELECT tgrelid FROM pg_catalog.pg_trigger WHERE NOT tgisinternal
            UNION SELECT ev_class FROM pg_catalog.pg_rewrite WHERE ev_type <> '1'
            UNION SELECT k.conrelid FROM pg_catalog.pg_constraint k JOIN calls ON calls.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND calls.objid = k.oid
            UNION SELECT a.adrelid FROM pg_catalog.pg_attrdef a JOIN calls ON calls.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND calls.objid = a.oid
                JOIN pg_catalog.pg_attribute g ON g.attrelid = a.adrelid AND g.attnum = a.adnum AND g.attgenerated <> ''
            UNION SELECT coalesce(i.indrelid, calls.objid) FROM calls LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = calls.objid
                WHERE calls.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
            UNION SELECT a.attrelid FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
                WHERE t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace AND EXISTS (
                    SELECT FROM pg_catalog.pg_constraint k JOIN calls ON calls.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND calls.objid = k.oid
                    WHERE k.contypid <> 0)
        )
        SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT FROM dependent d WHERE d.oid = c.oid) AND NOT (c.relkind = 'p' AND EXISTS (
            SELECT FROM dependent d JOIN pg_catalog.pg_partition_tree(c.oid) t ON t.relid = d.oid))
        """;

    /// <summary>Whether the answer may be another one behind a statement.</summary>
    public static bool MayChange(DumpStatement statement)
    {
        var words = new StatementWords(statement.Text, statement.State.Encoding.Text);
        return words.Accept("CREATE") || (words.Accept("ALTER") && !words.SkipPast("TRIGGER"));
    }

    /// <param name="first">The statement before whose rows this is asked.</param>
    public static async Task<IReadOnlySet<QualifiedName>> IndependentTablesAsync(LoadSession session, DumpStatement first, CancellationToken ct) =>
        (await session.ReadPairsAsync(Query, first, ct)).Select(row => new QualifiedName(row.First, row.Second)).ToHashSet();
}
