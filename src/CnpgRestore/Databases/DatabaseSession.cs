using System.Security.Authentication;
using CnpgRestore.Postgres;
using Npgsql;

namespace CnpgRestore.Databases;

/// <summary>One connection to one database, for questions and small changes. What fails is a <see cref="RestoreException"/> with the statement.</summary>
public sealed class DatabaseSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly IDatabaseServer _server;

    private DatabaseSession(NpgsqlConnection connection, IDatabaseServer server, string database)
    {
        _connection = connection;
        _server = server;
        Database = database;
    }

    public string Database { get; }

    /// <summary>The process that serves this session.</summary>
    public int ProcessId => _connection.ProcessID;

    public PostgresVersion Version => new((_connection.PostgreSqlVersion.Major * 10_000) + _connection.PostgreSqlVersion.Minor);

    /// <exception cref="RestoreException">Exit 10: no such database. 12: not let in. 13: no answer.</exception>
    public static async Task<DatabaseSession> OpenAsync(IDatabaseServer server, string database, CancellationToken ct)
    {
        try
        {
            var session = new DatabaseSession(await server.Database(database).OpenConnectionAsync(ct), server, database);
            // What a person or a database has set must not change what is read here; a policy that hides rows shall fail, not hide them. A session that
            // watches over a load rests for hours.
            await session.ExecuteAsync($"SET search_path TO pg_catalog; SET row_security TO off; SET default_transaction_read_only TO off; {TimeLimits.Lift}", ct);
            return session;
        }
        catch (NpgsqlException e) when (e.InnerException is AuthenticationException)
        {
            var problem = DatabaseErrors.Of(e, server.Address, database).Problem;
            throw new RestoreException(await server.ExplainCertificateAsync(ct) is var (why, hint) ? problem with { Detail = why, Hint = hint } : problem, e);
        }
        catch (NpgsqlException e)
        {
            throw DatabaseErrors.Of(e, server.Address, database);
        }
        catch (TimeoutException e)
        {
            throw new RestoreException(ProblemCode.Unreachable, $"PostgreSQL at {server.Address} does not answer", e.Message, "look whether a firewall stands in the way", e);
        }
    }

    /// <summary>To another database of the same server.</summary>
    public Task<DatabaseSession> OpenBesideAsync(string database, CancellationToken ct) => OpenAsync(_server, database, ct);

    /// <param name="values">For $1, $2 and so on.</param>
    public async Task<IReadOnlyList<T>> ReadAsync<T>(string query, Func<NpgsqlDataReader, T> read, CancellationToken ct, params object[] values)
    {
        try
        {
            await using var command = Command(query, values);
            await using var rows = await command.ExecuteReaderAsync(ct);
            var all = new List<T>();
            while (await rows.ReadAsync(ct))
            {
                all.Add(read(rows));
            }

            return all;
        }
        catch (NpgsqlException e)
        {
            throw DatabaseErrors.Of(e, _server.Address, Database, query);
        }
    }

    /// <summary>The first column of the only row.</summary>
    public async Task<T> ValueAsync<T>(string query, CancellationToken ct, params object[] values) => (await ReadAsync(query, row => row.GetFieldValue<T>(0), ct, values))[0];

    public async Task ExecuteAsync(string statement, CancellationToken ct, params object[] values)
    {
        try
        {
            await using var command = Command(statement, values);
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (NpgsqlException e)
        {
            throw DatabaseErrors.Of(e, _server.Address, Database, statement);
        }
    }

    /// <summary>The same for a statement that holds a password: no message repeats it.</summary>
    public async Task ExecuteAsync(Secret statement, CancellationToken ct)
    {
        try
        {
            await using var command = Command(statement.Reveal(), []);
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (NpgsqlException e)
        {
            throw DatabaseErrors.Of(e, _server.Address, Database);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private NpgsqlCommand Command(string text, object[] values)
    {
        var command = new NpgsqlCommand(text, _connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
