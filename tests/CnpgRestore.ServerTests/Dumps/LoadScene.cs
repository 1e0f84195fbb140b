using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Loading;
using CnpgRestore.TestServers;
using Npgsql;

namespace CnpgRestore.ServerTests.Dumps;

/// <summary>A PostgreSQL with a database that holds one of everything, and what it takes to dump and load it.</summary>
public sealed class LoadScene : IAsyncLifetime
{
    /// <summary>The database of <c>zoo.sql</c>; not to be changed.</summary>
    public const string Zoo = "zoo";

    private readonly string _programs;
    private int _names;

    public LoadScene() => _programs = TestEnvironment.PostgresPrograms;

    internal LoadScene(string programs) => _programs = programs;

    public PostgresServer Postgres { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        // An ANALYZE of autovacuum in the wrong second keeps rows from being marked as visible.
        var settings = new Dictionary<string, string> { ["wal_level"] = "logical", ["autovacuum"] = "off" };
        Postgres = await PostgresServer.CreateAsync(new PostgresOptions { Programs = _programs, Settings = settings }, ct);
        await Postgres.ExecuteAsync("CREATE ROLE zoo_owner", ct);
        await Postgres.ExecuteAsync("CREATE ROLE zoo_reader", ct);
        await Postgres.ExecuteAsync($"CREATE DATABASE {Zoo}", ct);
        var script = await File.ReadAllTextAsync(Path.Combine(TestEnvironment.Repository, "tests", "CnpgRestore.ServerTests", "Dumps", "zoo.sql"), ct);
        (await Postgres.PsqlAsync(script, ct, Zoo)).Succeeded();
    }

    public ValueTask DisposeAsync() => Postgres.DisposeAsync();

    /// <summary>Where the programs of PostgreSQL may write.</summary>
    public string NewPath() => Path.Combine(Postgres.Folder, $"{Interlocked.Increment(ref _names)}.sql");

    /// <summary>A new database of the same encoding and locale, empty.</summary>
    public async Task<string> NewDatabaseAsync(CancellationToken ct, string options = "")
    {
        var name = $"target_{Interlocked.Increment(ref _names)}";
        await Postgres.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0 {options}", ct);
        await Postgres.ExecuteAsync($"GRANT ALL ON DATABASE {name} TO zoo_owner", ct);
        return name;
    }

    /// <summary>The path of what pg_dump writes.</summary>
    public Task<string> DumpAsync(string database, CancellationToken ct, params string[] options) => RunAsync("pg_dump", ct, ["-d", database, .. options]);

    public Task<string> DumpAllAsync(CancellationToken ct, params string[] options) => RunAsync("pg_dumpall", ct, options);

    public async Task<string> WriteAsync(byte[] dump, CancellationToken ct)
    {
        var path = NewPath();
        await File.WriteAllBytesAsync(path, dump, ct);
        return path;
    }

    /// <summary>Everything in a database, as pg_dump tells it; the rows of a table sorted, as it has no order of its own.</summary>
    public async Task<string> ContentAsync(string database, CancellationToken ct)
    {
        var path = await DumpAsync(database, ct);
        var lines = (await File.ReadAllTextAsync(path, System.Text.Encoding.Latin1, ct)).Split('\n').Where(line => !line.StartsWith(@"\restrict ", StringComparison.Ordinal) && !line.StartsWith(@"\unrestrict ", StringComparison.Ordinal)).ToArray();
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at].StartsWith("COPY ", StringComparison.Ordinal) && lines[at].EndsWith(" FROM stdin;", StringComparison.Ordinal))
            {
                var end = Array.IndexOf(lines, @"\.", at);
                Array.Sort(lines, at + 1, end - at - 1, StringComparer.Ordinal);
                at = end;
            }
        }

        File.Delete(path);
        return string.Join('\n', lines);
    }

    public async Task LoadByPsqlAsync(string path, string database, CancellationToken ct) => (await ToolProcess.RunAsync(
        Postgres.Command("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", path) with { Timeout = TimeSpan.FromMinutes(5) }, ct)).Succeeded();

    public async Task<LoadResult> LoadAsync(string path, string database, CancellationToken ct, string? part = null, int jobs = 3, string? user = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(Postgres.ConnectionString(database));
        settings.Username = user ?? settings.Username;
        await using var target = NpgsqlDataSource.Create(LoadConnection.Prepare(settings));
        return await DumpLoader.LoadAsync(new LoadRequest(await DumpFile.OpenAsync(path, ct), part, jobs), target, progress: null, ct);
    }

    private async Task<string> RunAsync(string program, CancellationToken ct, params string[] options)
    {
        var path = NewPath();
        (await ToolProcess.RunAsync(Postgres.Command(program, ["-f", path, .. options]), ct)).Succeeded();
        return path;
    }
}
