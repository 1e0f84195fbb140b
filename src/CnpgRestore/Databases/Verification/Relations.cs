using CnpgRestore.Postgres;

namespace CnpgRestore.Databases.Verification;

/// <summary>The tables of a database and their rows. Only reads.</summary>
public sealed class Relations(DatabaseSession session)
{
    // Statistics are those of any column; a table without columns never has them.
    private const string All = $"""
        SELECT n.nspname::text, c.relname::text, pg_get_userbyid(c.relowner)::text, c.relkind = 'p',
            c.relnatts = 0 OR EXISTS (SELECT FROM pg_statistic s WHERE s.starelid = c.oid),
            EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {CatalogFilter.HoldsRowsOrPartitions}
        ORDER BY 1, 2
        """;

    public Task<IReadOnlyList<Relation>> ReadAsync(CancellationToken ct) => session.ReadAsync(
        All,
        row => new Relation(
            new QualifiedName(row.GetString(0), row.GetString(1)), row.GetString(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5)),
        ct);

    /// <summary>Reads every row. Children by inheritance are tables of their own; of a partitioned table all partitions are counted.</summary>
    public Task<long> CountAsync(Relation relation, CancellationToken ct) =>
        session.ValueAsync<long>($"SELECT count(*) FROM {(relation.IsPartitioned ? "" : "ONLY ")}{relation.Name.Sql}", ct);

    public Task<IReadOnlyList<string>> ExtensionsAsync(CancellationToken ct) =>
        session.ReadAsync("SELECT extname::text FROM pg_extension ORDER BY 1", row => row.GetString(0), ct);

    /// <summary>Their rows are another server's.</summary>
    public Task<IReadOnlyList<QualifiedName>> ForeignTablesAsync(CancellationToken ct) => session.ReadAsync(
        "SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'f'",
        row => new QualifiedName(row.GetString(0), row.GetString(1)),
        ct);

    /// <summary>Everything that a dump makes and names, whatever its kind.</summary>
    public async Task<IReadOnlySet<(QualifiedName Name, QualifiedName? Table)>> NamesAsync(CancellationToken ct) => (await session.ReadAsync(
        """
        SELECT n.nspname::text, c.relname::text, CASE WHEN c.relkind IN ('i', 'I') THEN t.relname::text END, NULL
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid
        UNION ALL SELECT n.nspname::text, NULL, c.relname::text, o.name::text FROM (
                SELECT conrelid, conname FROM pg_constraint WHERE conrelid <> 0
                UNION ALL SELECT tgrelid, tgname FROM pg_trigger UNION ALL SELECT polrelid, polname FROM pg_policy
            ) o (relation, name) JOIN pg_class c ON c.oid = o.relation JOIN pg_namespace n ON n.oid = c.relnamespace
        """,
        row => (
            row.IsDBNull(1) ? new QualifiedName(null, row.GetString(3)) : new QualifiedName(row.GetString(0), row.GetString(1)),
            row.IsDBNull(2) ? (QualifiedName?)null : new QualifiedName(row.GetString(0), row.GetString(2))),
        ct)).ToHashSet();

    public Task<long> LargeObjectsAsync(CancellationToken ct) => session.ValueAsync<long>("SELECT count(*) FROM pg_largeobject_metadata", ct);

    /// <summary>Constraints of tables that were added as NOT VALID and never validated; those that the server has made for partitions go with theirs.</summary>
    public Task<IReadOnlyList<(QualifiedName Table, string Constraint)>> NotValidAsync(CancellationToken ct) => session.ReadAsync(
        """
        SELECT n.nspname::text, c.relname::text, o.conname::text
        FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT o.convalidated AND o.conparentid = 0 ORDER BY 1, 2, 3
        """,
        row => (new QualifiedName(row.GetString(0), row.GetString(1)), row.GetString(2)),
        ct);

    /// <summary>Indexes that a failed build has left, which no query uses.</summary>
    public Task<IReadOnlyList<QualifiedName>> InvalidIndexesAsync(CancellationToken ct) => session.ReadAsync(
        """
        SELECT n.nspname::text, c.relname::text
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'i' AND NOT (i.indisvalid AND i.indisready) ORDER BY 1, 2
        """,
        row => new QualifiedName(row.GetString(0), row.GetString(1)),
        ct);

    /// <summary>What is not valid, as <see cref="Expectation.NotValid"/> names it.</summary>
    public async Task<IReadOnlyList<string>> NotValidNamesAsync(CancellationToken ct) =>
        [.. (await NotValidAsync(ct)).Select(entry => entry.Constraint), .. (await InvalidIndexesAsync(ct)).Select(index => index.ToString())];

    /// <summary>What is there now, every row of it counted.</summary>
    public async Task<Baseline> TakeBaselineAsync(TimeProvider clock, IProgress<string>? progress, CancellationToken ct)
    {
        var tables = new List<BaselineTable>();
        foreach (var relation in (await ReadAsync(ct)).Where(relation => !relation.IsPartitioned))
        {
            progress?.Report(relation.Name.ToString());
            tables.Add(new BaselineTable(relation.Name.Schema!, relation.Name.Name, await CountAsync(relation, ct), relation.Owner));
        }

        var notValid = await NotValidAsync(ct);
        return new Baseline(session.Database, clock.GetUtcNow(), tables, await ExtensionsAsync(ct), [.. notValid.Select(entry => entry.Constraint)]);
    }
}
