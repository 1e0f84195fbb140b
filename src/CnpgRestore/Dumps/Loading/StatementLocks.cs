using System.Text;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Loading;

/// <summary>
/// Knows the statements that may change places and run side by side: those that pg_dump writes behind the data. Two of them keep their order when
/// both need the same name and one needs it alone; no two that PostgreSQL would let wait for each other run at once (manual, section 13.3).
/// </summary>
sealed class StatementLocks(Encoding encoding)
{
    // Attaching climbs from a partition's index to the indexes above, whose names the statement does not say.
    private static readonly StatementLock Attaching = new(new QualifiedName("pg_catalog", "pg_inherits"), IsExclusive: true);

    private readonly Dictionary<QualifiedName, QualifiedName> _tables = [];

    /// <summary>Null for a statement that runs alone and in its place.</summary>
    public IReadOnlyList<StatementLock>? Of(ReadOnlySpan<byte> statement)
    {
        var words = new StatementWords(statement, encoding);
        return ForeignKey.TryParse(statement, encoding) is { } key ? [AloneWithPartitions(key.Table), AloneWithPartitions(key.Referenced)]
            : words.Accept("CREATE") ? OfCreate(words)
            : words.Accept("ALTER", "TABLE") ? OfAlterTable(words)
            : words.Accept("ALTER", "INDEX") ? OfAlterIndex(words)
            : words.Accept("COMMENT", "ON") ? OfComment(words)
            : null;
    }

    private List<StatementLock>? OfCreate(StatementWords words)
    {
        var kind = ObjectKind.Read(ref words);
        if (kind == "INDEX" && words.Identifier() is { } index && words.Accept("ON"))
        {
            var only = words.Accept("ONLY");
            return words.Name() is { Schema: not null } table ? [Index(table, index), new(table, IsExclusive: false, !only)] : null;
        }

        if (kind == "STATISTICS" && words.Name() is { Schema: not null } statistics && words.SkipPast("FROM") && words.Name() is { Schema: not null } measured)
        {
            return words.IsAtEnd ? [Alone(statistics), Alone(measured)] : null;
        }

        // A constraint trigger may look at a second table.
        if (kind == "TRIGGER" && words.SkipPast("ON") && words.Name() is { Schema: not null } watched)
        {
            return words.Accept("FROM") ? null : [AloneWithPartitions(watched)];
        }

        return null;
    }

    private List<StatementLock>? OfAlterTable(StatementWords words)
    {
        var only = words.Accept("ONLY");
        if (words.Name() is not { Schema: not null } table)
        {
            return null;
        }

        if (words.Accept("ADD", "CONSTRAINT") && words.Identifier() is { } constraint)
        {
            return words.Accept("PRIMARY", "KEY") || words.Accept("UNIQUE") || words.Accept("EXCLUDE")
                ? [Index(table, constraint), new(table, IsExclusive: true, !only)]
                : null;
        }

        if (words.Accept("CLUSTER", "ON") || words.Accept("REPLICA", "IDENTITY"))
        {
            return [Alone(table)];
        }

        var isSwitch = words.Accept("ENABLE") || words.Accept("DISABLE");
        _ = words.Accept("ALWAYS") || words.Accept("REPLICA");
        return isSwitch && words.Accept("TRIGGER") && !words.Accept("ALL") && !words.Accept("USER") ? [AloneWithPartitions(table)] : null;
    }

    private List<StatementLock>? OfAlterIndex(StatementWords words)
    {
        if (words.Name() is not { } index || !_tables.TryGetValue(index, out var table))
        {
            return null;
        }

        if (words.Accept("ATTACH", "PARTITION"))
        {
            return words.Name() is { } part && _tables.TryGetValue(part, out var partition)
                ? [Attaching, Alone(index), Alone(part), Alone(table), Alone(partition)]
                : null;
        }

        return words.Accept("ALTER", "COLUMN") ? [Alone(index), Alone(table)] : null;
    }

    private List<StatementLock>? OfComment(StatementWords words)
    {
        if (words.Accept("INDEX"))
        {
            return words.Name() is { Schema: not null } index && _tables.ContainsKey(index) ? [Alone(index)] : null;
        }

        return (words.Accept("CONSTRAINT") || words.Accept("TRIGGER")) && words.Identifier() is not null && words.Accept("ON")
            && words.Name() is { Schema: not null } table
            ? [Alone(table)]
            : null;
    }

    // An index lives in the schema of its table, and so does that of a key, which has the key's name.
    private StatementLock Index(QualifiedName table, string name)
    {
        var index = new QualifiedName(table.Schema, name);
        _tables[index] = table;
        return Alone(index);
    }

    private static StatementLock Alone(QualifiedName name) => new(name, IsExclusive: true);

    private static StatementLock AloneWithPartitions(QualifiedName name) => new(name, IsExclusive: true, WithPartitions: true);
}
