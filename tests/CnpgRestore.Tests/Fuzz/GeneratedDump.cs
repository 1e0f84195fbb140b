using System.Globalization;
using System.Text;
using CnpgRestore.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Fuzz;

/// <summary>A dump as pg_dump writes it, of tables and rows that are known.</summary>
sealed record GeneratedDump(string Text, IReadOnlyList<(QualifiedName Table, long Rows)> Tables, int Statements)
{
    // What COPY would write for values with everything in them that a reader may stumble over.
    private static readonly Gen<string> Value = Gen.OneOf("1", "\\N", "it''s", "a;b", "\\\\.", "\\\\", "--", "$$", "/*", "'", "\"", "(", "ü", "COPY t FROM stdin;", "x\\ny", "\\t");
    private static readonly Gen<string> Name = Gen.OneOf("orders", "Order items", "a;b", "it's", "select", "tü", "a\"b", "copy", "x.y", "(", "$1");
    private static readonly Gen<string> Literal = Gen.OneOf("'a;b'", "'it''s'", "E'a\\'b'", "$$ a; b $$", "$x$ $$ ; $x$", "1", "NULL", "'\n-- no comment\n'", "'\\'", "('(')", "B'01'", "'/*'");

    private static readonly Gen<string> Statement = Gen.OneOf(
        Literal.Select(value => $"COMMENT ON SCHEMA public IS {value};"),
        Gen.Select(Literal, Literal).Select((left, right) => $"SELECT {left}, {right} /* ; ' */;"),
        Literal.Select(value => $"CREATE FUNCTION f() RETURNS text LANGUAGE sql\n BEGIN ATOMIC\n  SELECT CASE WHEN true THEN {value} END;\nEND;"),
        Literal.Select(value => $"CREATE FUNCTION g() RETURNS text AS $_$ SELECT {value.Replace("$", "!", StringComparison.Ordinal)}; $_$ LANGUAGE sql;"),
        Literal.Select(value => $"CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT {value}; SELECT 2);"));

    private static readonly Gen<Part> Parts = Gen.OneOf(
        Statement.Select(text => new Part($"{text}\n", null, 0, 1)),
        Gen.OneOf("-- Name: x; Type: TABLE\n", "\n", "--\n", "\\restrict x'\n").Select(text => new Part(text, null, 0, 0)),
        Gen.Select(Name, Value.Array[1, 3].Select(values => string.Join('\t', values)).Array[0, 20]).Select(Copy),
        Gen.Select(Name, Literal.Array[1, 6]).Select(Insert));

    public static Gen<GeneratedDump> Any { get; } = Parts.Array[0, 15].Select(parts => new GeneratedDump(
        $"--\n-- PostgreSQL database dump\n--\n\n{string.Concat(parts.Select(part => part.Text))}--\n-- PostgreSQL database dump complete\n--\n",
        [.. parts.Where(part => part.Table is not null).GroupBy(part => part.Table!.Value).Select(group => (group.Key, group.Sum(part => part.Rows)))],
        parts.Sum(part => part.Statements)));

    public byte[] Bytes => Encoding.UTF8.GetBytes(Text);

    private static Part Copy(string name, string[] rows)
    {
        var table = new QualifiedName("public", name);
        return new Part($"COPY {table.Sql} (a, \"b)\") FROM stdin;\n{string.Concat(rows.Select(row => $"{row}\n"))}\\.\n\n", table, rows.Length, 1);
    }

    private static Part Insert(string name, string[] values)
    {
        var table = new QualifiedName("public", name);
        var rows = string.Join(",\n\t", values.Select((value, index) => string.Create(CultureInfo.InvariantCulture, $"({index}, {value})")));
        return new Part($"INSERT INTO {table.Sql} VALUES\n\t{rows};\n", table, values.Length, 1);
    }

    private sealed record Part(string Text, QualifiedName? Table, long Rows, int Statements);
}
