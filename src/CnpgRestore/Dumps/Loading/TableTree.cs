using CnpgRestore.Postgres;

namespace CnpgRestore.Dumps.Loading;

/// <summary>Which tables inherit from which, partitions included.</summary>
sealed class TableTree
{
    private readonly ILookup<QualifiedName, QualifiedName> _children;
    private readonly HashSet<QualifiedName> _members;

    private const string Query = """
        SELECT pg_catalog.concat_ws(E'\x01', pn.nspname, p.relname), pg_catalog.concat_ws(E'\x01', cn.nspname, c.relname) FROM pg_catalog.pg_inherits i
        JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
        JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f')
        """;

    private TableTree(IReadOnlyCollection<(QualifiedName Parent, QualifiedName Child)> pairs)
    {
        _children = pairs.ToLookup(pair => pair.Parent, pair => pair.Child);
        _members = [.. pairs.Select(pair => pair.Parent), .. pairs.Select(pair => pair.Child)];
    }

    public static async Task<TableTree> ReadAsync(LoadSession session, DumpStatement first, CancellationToken ct) =>
        new([.. (await session.ReadPairsAsync(Query, first, ct)).Select(row => (Name(row.First), Name(row.Second)))]);

    /// <summary>Neither inherits nor is inherited from.</summary>
    public bool IsAlone(QualifiedName table) => !_members.Contains(table);

    /// <summary>The locks on everything that a statement reaches, each named.</summary>
    public IEnumerable<StatementLock> Expand(IEnumerable<StatementLock> locks) =>
        locks.SelectMany(wish => (wish.WithPartitions ? Below(wish.Name) : [wish.Name]).Select(name => wish with { Name = name })).Distinct();

    private IEnumerable<QualifiedName> Below(QualifiedName table) => _children[table].SelectMany(Below).Prepend(table);

    private static QualifiedName Name(string pair) => pair.Split('\x01', 2) is [var schema, var name] ? new QualifiedName(schema, name) : new QualifiedName(null, pair);
}
