using CnpgRestore.Databases;

namespace CnpgRestore.TestServers;

/// <summary>A database of one test on the shared PostgreSQL; it is dropped after the test.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private TestDatabase(PostgresServer postgres, string name)
    {
        Postgres = postgres;
        Name = name;
        Server = new UrlServer(ServerUrl.Parse(Url));
    }

    public PostgresServer Postgres { get; }

    public string Name { get; }

    /// <summary>For <c>--to</c>: over the server's socket.</summary>
    public string Url => UrlOf(Postgres, Name);

    public UrlServer Server { get; }

    public static string UrlOf(PostgresServer postgres, string database) => $"postgres://postgres@{Uri.EscapeDataString(postgres.Folder)}:5432/{Uri.EscapeDataString(database)}";

    /// <param name="script">For psql, as it would be written in a file.</param>
    public static async Task<TestDatabase> CreateAsync(PostgresServer postgres, string script, CancellationToken ct)
    {
        var name = $"app_{Path.GetRandomFileName()[..8]}";
        await postgres.ExecuteAsync($"CREATE DATABASE {name}", ct);
        var database = new TestDatabase(postgres, name);
        (await postgres.PsqlAsync(script, ct, name)).Succeeded();
        return database;
    }

    public Task ExecuteAsync(string sql, CancellationToken ct) => Postgres.ExecuteAsync(sql, ct, Name);

    public Task<T> QueryAsync<T>(string sql, CancellationToken ct) => Postgres.QueryAsync<T>(sql, ct, Name);

    /// <summary>pg_dump of it, or what else is named, as text.</summary>
    public async Task<string> DumpAsync(CancellationToken ct, params string[] options) =>
        (await ToolProcess.RunAsync(Postgres.Command("pg_dump", [.. options, "-d", Name]), ct)).Succeeded().Output;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        var left = await Postgres.QueryAsync<string>($"SELECT coalesce(string_agg(datname, ','), '') FROM pg_database WHERE datname LIKE '{Name}%'", CancellationToken.None);
        foreach (var database in left.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            await Postgres.ExecuteAsync($"DROP DATABASE IF EXISTS \"{database}\" WITH (FORCE)", CancellationToken.None);
        }
    }
}
