using CnpgRestore.Databases;
using CnpgRestore.Postgres;
using Npgsql;

namespace CnpgRestore.LocalRestore;

/// <summary>Asks the restored PostgreSQL, over its private socket.</summary>
public sealed class LocalDatabases(DrillFolder folder, string user, PostgresVersion version)
{
    private const string Maintenance = "postgres";
    private const int FirstWithTransactionTimeout = 17;

    /// <summary>What the original set for a database or a role must not end a count or forbid pg_amcheck its extension. Start-up options stand above both.</summary>
    public static string SessionOptions(PostgresVersion version) =>
        "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c default_transaction_read_only=off" +
        (version.Major >= FirstWithTransactionTimeout ? " -c transaction_timeout=0" : "");

    /// <summary>The timeline that the promotion opened, its history file and what PostgreSQL itself says of its identity.</summary>
    /// <param name="replayed">Of the timeline that the recovery followed.</param>
    public async Task<ReachedPoint> ReachedPointAsync(TimelineHistory replayed, DateTimeOffset? lastTransaction, CancellationToken ct)
    {
        await using var connection = await OpenAsync(Maintenance, ct);
        await using var command = new NpgsqlCommand(
            "SELECT (SELECT system_identifier::text FROM pg_control_system()), substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)", connection);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var identifier = SystemIdentifier.Parse(row.GetString(0));
        var timeline = new TimelineId(Convert.ToUInt32(row.GetString(1), 16));
        var text = await File.ReadAllTextAsync(Path.Combine(folder.Data, "pg_wal", $"{timeline.Hex}.history"), ct);
        var left = TimelineHistory.LastFork(timeline, text)
            ?? throw new InvalidOperationException($"PostgreSQL wrote a history that cannot be read: {text}");

        // PostgreSQL writes the timeline that it was told to follow as the parent, even where it stopped on an ancestor of it.
        var reached = left.SwitchLsn;
        return new ReachedPoint(identifier, reached, replayed.TimelineAt(new Lsn(reached.Value - 1)), timeline, left.Reason, lastTransaction);
    }

    /// <summary>Databases that can be connected to, without the templates.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken ct)
    {
        await using var connection = await OpenAsync(Maintenance, ct);
        const string query = $"SELECT datname::text FROM pg_database WHERE {CatalogFilter.Connectable} ORDER BY datname";
        return await ReadAsync(connection, query, row => row.GetString(0), ct);
    }

    /// <summary>Counts every row of every table of one database: this also reads every page of them once.</summary>
    public async Task<DatabaseContent> CountAsync(string database, CancellationToken ct)
    {
        await using var connection = await OpenAsync(database, ct);
        var size = await ReadAsync(connection, "SELECT pg_database_size(current_database())", row => row.GetInt64(0), ct);

        var names = await ReadAsync(
            connection,
            $"""
            SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE {CatalogFilter.HoldsRows}
            ORDER BY 1, 2
            """,
            row => (Schema: row.GetString(0), Name: row.GetString(1)),
            ct);
        var tables = new List<TableContent>();
        foreach (var (schema, name) in names)
        {
            var rows = await ReadAsync(connection, $"SELECT count(*) FROM ONLY {new QualifiedName(schema, name).Sql}", row => row.GetInt64(0), ct);
            tables.Add(new TableContent(schema, name, rows[0]));
        }

        return new DatabaseContent(database, new ByteSize(size[0]), tables);
    }

    /// <summary>Null where the check passes, else why it does not.</summary>
    public async Task<string?> FailureAsync(SqlCheck check, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync(check.Database, ct);
            return await check.FailureAsync(connection, ct);
        }
        catch (NpgsqlException e)
        {
            return (e as PostgresException)?.MessageText ?? e.Message;
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = folder.Sockets,
            Port = 5432,
            Username = user,
            Database = database,
            Pooling = false,
            Options = SessionOptions(version),
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlConnection connection, string query, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        await using var command = Command(query, connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var all = new List<T>();
        while (await rows.ReadAsync(ct))
        {
            all.Add(read(rows));
        }

        return all;
    }

    // Counting a large table takes what it takes; the drill as a whole has a time limit.
    private static NpgsqlCommand Command(string text, NpgsqlConnection connection) => new(text, connection) { CommandTimeout = 0 };
}
