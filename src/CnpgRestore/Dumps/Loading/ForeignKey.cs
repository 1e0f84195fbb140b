using System.Text;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Loading;

/// <summary>
/// <c>ALTER TABLE ONLY public.orders ADD CONSTRAINT c FOREIGN KEY (customer) REFERENCES public.customers(id);</c>: it locks both tables against each other,
/// and reads the first one to its end.
/// </summary>
sealed record ForeignKey(QualifiedName Table, string Name, QualifiedName Referenced)
{
    /// <summary>As pg_dump writes it for every table but a partitioned one (dumpConstraint, src/bin/pg_dump/pg_dump.c), whether that has partitions or not.</summary>
    public bool IsOnly { get; init; }

    /// <summary>Null for every other statement, and where a name has no schema.</summary>
    public static ForeignKey? TryParse(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (!words.Accept("ALTER", "TABLE"))
        {
            return null;
        }

        var only = words.Accept("ONLY");
        return words.Name() is { Schema: not null } table && words.Accept("ADD", "CONSTRAINT") && words.Identifier() is { } name
            && words.Accept("FOREIGN", "KEY") && words.SkipGroup() && words.Accept("REFERENCES") && words.Name() is { Schema: not null } referenced
            ? new ForeignKey(table, name, referenced) { IsOnly = only }
            : null;
    }

    /// <summary>
    /// The same key in two statements, of which only the first locks both tables, and for a moment: the keys of several tables to one are then checked side
    /// by side. The check is the same (manual, ALTER TABLE, VALIDATE CONSTRAINT). Not for partitioned tables, which cannot have a key that is not valid.
    /// </summary>
    /// <returns>Null for a key that the dump itself leaves unchecked, and for one of a partitioned table.</returns>
    public (DumpStatement Add, DumpStatement Validate)? Split(DumpStatement statement)
    {
        var clauses = statement.Text.AsSpan().TrimEnd("; \r\n\t"u8);
        if (!IsOnly || clauses.EndsWith("NOT VALID"u8) || clauses.EndsWith("NOT ENFORCED"u8))
        {
            return null;
        }

        var encoding = statement.State.Encoding.Text;
        var validate = $"ALTER TABLE ONLY {Table.Sql} VALIDATE CONSTRAINT {QualifiedName.Quote(Name)};";
        return (
            statement with { Text = [.. clauses, .. " NOT VALID;"u8] },
            statement with { Text = encoding.GetBytes(validate), Before = statement with { Text = encoding.GetBytes(MergeWhereIndexed) } });
    }

    /// <summary>
    /// Where an index has the key's columns in order, both tables are read in two indexes side by side (merge join). The server plans the check with all of
    /// maintenance_work_mem (RI_Initial_Check, src/backend/utils/adt/ri_triggers.c), with which a hash table looks cheaper; measured, it takes twice to four times
    /// the processor time, because it does not fit into the caches. Holds until the transaction ends.
    /// </summary>
    private string MergeWhereIndexed =>
        $"""
        SELECT pg_catalog.set_config('enable_hashjoin', 'off', true) WHERE EXISTS (
            SELECT FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_index i ON i.indrelid = c.conrelid
                JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am a ON a.oid = x.relam AND a.amname = 'btree'
            WHERE c.conrelid = {QualifiedName.Literal(Table.Sql)}::pg_catalog.regclass AND c.conname = {QualifiedName.Literal(Name)} AND i.indisvalid AND i.indpred IS NULL
                AND pg_catalog.strpos(i.indkey::text || ' ', pg_catalog.array_to_string(c.conkey, ' ') || ' ') = 1);
        """;
}
