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
    /// <summary>Null for every other statement, and where a name has no schema.</summary>
    public static ForeignKey? TryParse(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (!words.Accept("ALTER", "TABLE"))
        {
            return null;
        }

        words.Accept("ONLY");
        return words.Name() is { Schema: not null } table && words.Accept("ADD", "CONSTRAINT") && words.Identifier() is { } name
            && words.Accept("FOREIGN", "KEY") && words.SkipGroup() && words.Accept("REFERENCES") && words.Name() is { Schema: not null } referenced
            ? new ForeignKey(table, name, referenced)
            : null;
    }

    /// <summary>
    /// The same key in two statements, of which only the first locks both tables, and for a moment: the keys of several tables to one are then checked side
    /// by side. The check is the same (manual, ALTER TABLE, VALIDATE CONSTRAINT). Not for partitioned tables, which cannot have a key that is not valid.
    /// </summary>
    /// <returns>Null for a key that the dump itself leaves unchecked.</returns>
    public (DumpStatement Add, DumpStatement Validate)? Split(DumpStatement statement)
    {
        var clauses = statement.Text.AsSpan().TrimEnd("; \r\n\t"u8);
        if (clauses.EndsWith("NOT VALID"u8))
        {
            return null;
        }

        var encoding = statement.State.Encoding.Text;
        byte[] validate = [.. "ALTER TABLE ONLY "u8, .. encoding.GetBytes(Table.Sql), .. " VALIDATE CONSTRAINT "u8, .. encoding.GetBytes(QualifiedName.Quote(Name)), .. ";"u8];
        return (statement with { Text = [.. clauses, .. " NOT VALID;"u8] }, statement with { Text = validate });
    }
}
