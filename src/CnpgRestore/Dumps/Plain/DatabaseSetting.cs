using System.Text;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Plain;

/// <summary>
/// What a dump gives a database beside its contents: settings, also those of one role in it, its connection limit, and who may do what with it.
/// pg_dump -C and pg_dumpall write them (src/bin/pg_dump/pg_dump.c, dumpDatabase and dumpDatabaseConfig).
/// </summary>
/// <param name="Head">The statement before the database's name, and <paramref name="Tail"/> behind it.</param>
public sealed record DatabaseSetting(string Database, string Head, string Tail)
{
    /// <summary>The same for a database of another name.</summary>
    public string StatementFor(string name) => $"{Head}{QualifiedName.Quote(name)} {Tail}";

    /// <summary>The roles without which it fails.</summary>
    public IReadOnlyList<string> Roles => RoleReferences.Of(Encoding.UTF8.GetBytes(StatementFor(Database)), Encoding.UTF8);

    /// <summary>Null where it is another statement. Where a database lies (its tablespace) and whether it is a template stay behind.</summary>
    internal static DatabaseSetting? TryParse(ReadOnlySpan<byte> statement, Encoding encoding)
    {
        var words = new StatementWords(statement, encoding);
        var isAlter = words.Accept("ALTER");
        if (isAlter ? !IsAlterOfDatabase(ref words) : !(words.Accept("GRANT") || words.Accept("REVOKE")) || !words.SkipPast("ON") || !words.Accept("DATABASE"))
        {
            return null;
        }

        var head = statement[..^words.Left];
        if (words.Identifier() is not { } name)
        {
            return null;
        }

        var tail = encoding.GetString(statement[^words.Left..]);
        var isKept = isAlter
            ? words.Accept("CONNECTION", "LIMIT") || words.Accept("SET") && !words.Accept("TABLESPACE")
            : words.Accept("TO") || words.Accept("FROM");
        return isKept ? new DatabaseSetting(name, encoding.GetString(head), tail) : null;
    }

    private static bool IsAlterOfDatabase(ref StatementWords words) =>
        words.Accept("DATABASE") || words.Accept("ROLE") && words.Identifier() is not null && words.Accept("IN", "DATABASE");
}
