using System.Collections.Concurrent;
using CnpgRestore.Postgres;
using Npgsql;

namespace CnpgRestore.Databases;

/// <summary>Gathers the planner's statistics of a whole database over several sessions, the largest tables first.</summary>
public sealed class Statistics(IDatabaseServer server, string database)
{
    // What ANALYZE without a name takes; a partitioned table brings its partitions along. Catalogs that all databases share are not this database's.
    private const string Tables = """
        SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND NOT c.relisshared AND c.relpersistence <> 't'
        ORDER BY coalesce((SELECT sum(pg_relation_size(t.relid)) FROM pg_partition_tree(c.oid) t), pg_relation_size(c.oid)) DESC, c.oid
        """;

    private readonly ConcurrentQueue<string> _refused = new();

    /// <summary>What cannot be looked at is passed over: a table may have another server's below it, which does not answer.</summary>
    /// <returns>The tables that were passed over, each with the reason.</returns>
    public async Task<IReadOnlyList<string>> GatherAsync(int sessions, CancellationToken ct)
    {
        await using var first = await DatabaseSession.OpenAsync(server, database, ct);
        var tables = new ConcurrentQueue<QualifiedName>(await first.ReadAsync(Tables, row => new QualifiedName(row.GetString(0), row.GetString(1)), ct));
        await Task.WhenAll([AnalyzeAsync(first, tables, ct), .. Enumerable.Range(1, sessions - 1).Select(_ => AnalyzeAsync(tables, ct))]);
        return [.. _refused];
    }

    private async Task AnalyzeAsync(ConcurrentQueue<QualifiedName> tables, CancellationToken ct)
    {
        await using var session = await DatabaseSession.OpenAsync(server, database, ct);
        await AnalyzeAsync(session, tables, ct);
    }

    private async Task AnalyzeAsync(DatabaseSession session, ConcurrentQueue<QualifiedName> tables, CancellationToken ct)
    {
        while (tables.TryDequeue(out var table))
        {
            try
            {
                await session.ExecuteAsync($"ANALYZE {table.Sql}", ct);
            }
            catch (RestoreException e) when (e.InnerException is PostgresException answer && !IsOfServer(answer))
            {
                _refused.Enqueue($"{table}: {answer.MessageText}");
            }
        }
    }

    // No memory, no disk, somebody stops it, its files are damaged (PostgreSQL manual, appendix A): every table would meet it.
    private static bool IsOfServer(PostgresException e) => e.SqlState[..2] is "53" or "57" or "58" or "XX";
}
