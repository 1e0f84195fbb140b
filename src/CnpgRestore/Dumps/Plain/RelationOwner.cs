using System.Text;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Plain;

/// <summary><c>ALTER TABLE public.orders OWNER TO app;</c>, as pg_dump writes it for tables, views and sequences.</summary>
static class RelationOwner
{
    /// <summary>Null for every other statement.</summary>
    public static (QualifiedName Relation, string Owner)? TryParse(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (!words.Accept("ALTER") || ObjectKind.Read(ref words) is not ("TABLE" or "VIEW" or "MATERIALIZED VIEW" or "SEQUENCE" or "FOREIGN TABLE"))
        {
            return null;
        }

        words.Accept("IF", "EXISTS");
        return words.Name() is { } relation && words.Accept("OWNER", "TO") && words.Identifier() is { } owner ? (relation, owner) : null;
    }
}
