using System.Text;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Inspection;

/// <summary>One object that a dump makes and that can be looked for by its name: the index <c>public.orders_customer_idx</c>.</summary>
/// <param name="Kind"><c>table</c>, <c>view</c>, <c>sequence</c>, <c>index</c>, <c>constraint</c>, <c>trigger</c> or <c>policy</c>.</param>
/// <param name="Name">Of a constraint, a trigger or a policy without a schema: it belongs to <paramref name="Table"/>.</param>
/// <param name="Table">What it hangs on; null for what stands by itself.</param>
public sealed record DumpObject(string Kind, QualifiedName Name, QualifiedName? Table)
{
    /// <param name="schema">Where names without one are; null where nothing says so.</param>
    /// <returns>Null for every other statement, and for a name whose characters are not known: it could not be looked for.</returns>
    internal static DumpObject? TryParse(ReadOnlySpan<byte> statement, string? schema, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        var found = words.Accept("CREATE") ? OfCreate(words, schema)
            : words.Accept("ALTER", "TABLE") || words.Accept("ALTER", "FOREIGN", "TABLE") ? OfAlterTable(words, schema)
            : null;
        return found is not null && (encoding is UTF8Encoding || (IsAscii(found.Name) && (found.Table is not { } table || IsAscii(table)))) ? found : null;
    }

    /// <summary>What <c>DROP TABLE public.scratch</c> takes away again; null for every other statement.</summary>
    internal static QualifiedName? DroppedBy(ReadOnlySpan<byte> statement, string? schema, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        if (!words.Accept("DROP") || KindOf(ObjectKind.Read(ref words)) is null)
        {
            return null;
        }

        words.Accept("IF", "EXISTS");
        return words.Name()?.In(schema);
    }

    private static DumpObject? OfCreate(StatementWords words, string? schema)
    {
        var kind = ObjectKind.Read(ref words);
        words.Accept("IF", "NOT", "EXISTS");
        if (kind is "TRIGGER" or "POLICY")
        {
            return words.Identifier() is { } name && words.SkipPast("ON") && words.Name() is { } table
                ? new DumpObject(kind == "TRIGGER" ? "trigger" : "policy", new QualifiedName(null, name), table.In(schema))
                : null;
        }

        if (kind == "INDEX")
        {
            if (words.Identifier() is not { } index || !words.Accept("ON"))
            {
                return null;
            }

            words.Accept("ONLY");
            // An index lives in the schema of its table.
            return words.Name() is { } table && table.In(schema) is var indexed ? new DumpObject("index", new QualifiedName(indexed.Schema, index), indexed) : null;
        }

        return KindOf(kind) is { } known && words.Name() is { } relation ? new DumpObject(known, relation.In(schema), Table: null) : null;
    }

    private static DumpObject? OfAlterTable(StatementWords words, string? schema)
    {
        words.Accept("IF", "EXISTS");
        words.Accept("ONLY");
        return words.Name() is { } table && words.Accept("ADD", "CONSTRAINT") && words.Identifier() is { } constraint
            ? new DumpObject("constraint", new QualifiedName(null, constraint), table.In(schema))
            : null;
    }

    private static string? KindOf(string kind) => kind switch
    {
        "TABLE" or "FOREIGN TABLE" => "table",
        "VIEW" or "MATERIALIZED VIEW" => "view",
        "SEQUENCE" => "sequence",
        _ => null,
    };

    private static bool IsAscii(QualifiedName name) => Ascii.IsValid(name.Name) && (name.Schema is null || Ascii.IsValid(name.Schema));
}
