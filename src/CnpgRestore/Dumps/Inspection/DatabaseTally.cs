using System.Text;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Inspection;

/// <summary>Counts what the statements of one database make, drop and fill.</summary>
sealed class DatabaseTally(string? name)
{
    // Nobody has so many; a script of somebody's own may.
    private const int MostObjects = 100_000;

    private readonly List<QualifiedName> _order = [];
    private readonly Dictionary<QualifiedName, (long Rows, long Bytes)> _data = [];
    private readonly SortedDictionary<string, int> _created = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _dropped = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _schemas = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _extensions = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _roles = new(StringComparer.Ordinal);
    private readonly Dictionary<QualifiedName, string> _owners = [];
    private readonly SortedSet<string> _notValid = new(StringComparer.Ordinal);
    private readonly HashSet<DumpObject> _objects = [];
    private int _partitioned;
    private long _largeObjects;
    private bool _hasTransactions;

    public string? Name => name;

    public bool IsEmpty => _data.Count == 0 && _created.Count == 0 && _dropped.Count == 0 && _largeObjects == 0;

    public void AddData(QualifiedName table, long rows, long bytes)
    {
        if (!_data.TryGetValue(table, out var before))
        {
            _order.Add(table);
        }

        _data[table] = (before.Rows + rows, before.Bytes + bytes);
    }

    /// <param name="schema">Where names without one are; null where nothing says so.</param>
    public void See(ReadOnlySpan<byte> statement, int groups, string? schema, Encoding encoding)
    {
        _roles.UnionWith(RoleReferences.Of(statement, encoding));
        if (RelationOwner.TryParse(statement, encoding) is { } owned)
        {
            _owners[owned.Relation.In(schema)] = owned.Owner;
        }

        _hasTransactions |= TransactionStatement.Is(statement, encoding);
        SeeObject(statement, schema, encoding);
        var words = new StatementWords(statement, encoding);
        if (words.Accept("CREATE"))
        {
            var kind = ObjectKind.Read(ref words);
            Count(_created, kind);
            words.Accept("IF", "NOT", "EXISTS");
            if (kind is "SCHEMA" or "EXTENSION" && words.Identifier() is { } created)
            {
                (kind == "SCHEMA" ? _schemas : _extensions).Add(created);
            }

            _partitioned += kind == "TABLE" && IsPartitioned(words) ? 1 : 0;
        }
        else if (words.Accept("DROP"))
        {
            Count(_dropped, ObjectKind.Read(ref words));
        }
        else if (InsertStatement.TryParse(statement, groups, encoding) is var (table, rows))
        {
            AddData(table.In(schema), rows, statement.Length);
        }
        else if (words.Accept("ALTER", "TABLE") || words.Accept("ALTER", "FOREIGN", "TABLE"))
        {
            words.Accept("IF", "EXISTS");
            words.Accept("ONLY");
            if (words.Name() is not null && words.Accept("ADD", "CONSTRAINT") && words.Identifier() is { } constraint)
            {
                // The latter is written from PostgreSQL 18 on, instead of the former.
                if (statement.EndsWith(" NOT VALID;"u8) || statement.EndsWith(" NOT ENFORCED;"u8))
                {
                    _notValid.Add(constraint);
                }

                Count(_created, words.Accept("FOREIGN", "KEY") ? "FOREIGN KEY" : "CONSTRAINT");
            }
        }
    }

    public DumpDatabase ToDatabase() =>
        new(name, [.. _order.Select(table => new DumpTable(table, _data[table].Rows, _data[table].Bytes))], [.. _schemas], [.. _extensions], _created, _dropped)
        {
            Roles = [.. _roles],
            Owners = _owners,
            NotValid = [.. _notValid],
            HasTransactions = _hasTransactions,
            Objects = _objects,
            Partitioned = _partitioned,
            LargeObjects = _largeObjects,
        };

    private void SeeObject(ReadOnlySpan<byte> statement, string? schema, Encoding encoding)
    {
        _largeObjects += LargeObject.IsMadeBy(statement, encoding) ? 1 : 0;
        if (DumpObject.TryParse(statement, schema, encoding) is { } made && _objects.Count < MostObjects)
        {
            _objects.Add(made);
        }
        else if (_objects.Count > 0 && DumpObject.DroppedBy(statement, schema, encoding) is { } dropped)
        {
            _objects.RemoveWhere(known => known.Name == dropped || known.Table == dropped);
        }
    }

    // Behind PARTITION OF, which makes a partition, PARTITION BY may follow.
    private static bool IsPartitioned(StatementWords words)
    {
        while (words.SkipPast("PARTITION"))
        {
            if (words.Accept("BY"))
            {
                return true;
            }
        }

        return false;
    }

    private static void Count(SortedDictionary<string, int> tally, string kind) => tally[kind] = tally.GetValueOrDefault(kind) + 1;
}
