using Npgsql;

namespace CnpgRestore.TestServers;

/// <summary>
/// A real PostgreSQL of its own, reached through a socket in its own folder (no TCP port), as superuser <c>postgres</c> without a password.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly PostgresOptions _options;

    private PostgresServer(TemporaryFolder folder, PostgresOptions options)
    {
        _folder = folder;
        _options = options;
    }

    /// <summary>Also the folder of the server's socket; the port is 5432.</summary>
    public string Folder => _folder.Path;

    public string DataDirectory => Path.Combine(_folder.Path, "data");

    /// <summary>What the server has logged so far.</summary>
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    /// <summary>How often it was started, or has recovered from a crash.</summary>
    public int TimesReady => Log.Split("ready to accept connections").Length - 1;

    private string LogFile => Path.Combine(_folder.Path, "log");

    /// <summary>A new, empty server, running.</summary>
    public static Task<PostgresServer> CreateAsync(PostgresOptions options, CancellationToken ct) => PrepareAsync(
        options,
        async server =>
        {
            await server.RunAsync("initdb", ct, "-D", server.DataDirectory, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust",
                "--no-sync", "--no-instructions", $"--wal-segsize={options.WalSegmentMegabytes}");
            await server.ConfigureAsync(ct);
            await server.StartAsync(ct);
        },
        ct);

    /// <summary>The folder of the programs of a newer major version: <c>testbed/postgres.sh</c>.</summary>
    public static async Task<string> NewerProgramsAsync(CancellationToken ct)
    {
        var programs = (await ToolProcess.RunAsync(new ToolCommand(Path.Combine(TestEnvironment.Repository, "testbed", "postgres.sh"), "bin"), ct)).Succeeded().Output.Trim();
        Requirement.Programs(Path.Combine(programs, "postgres"));
        return programs;
    }

    /// <summary>A server, not running yet, on a data directory that <paramref name="fill"/> writes: a restored or copied one.</summary>
    public static Task<PostgresServer> OpenAsync(PostgresOptions options, Func<string, Task> fill, CancellationToken ct) => PrepareAsync(
        options,
        async server =>
        {
            await PostgresUser.CreateFolderAsync(server.DataDirectory, ct);
            await fill(server.DataDirectory);
            await PostgresUser.OwnAsync(server.DataDirectory, ct);
            await server.ConfigureAsync(ct);
        },
        ct);

    public string ConnectionString(string database = "postgres") =>
        $"Host={_folder.Path};Username=postgres;Database={database};Pooling=false;Command Timeout=120";

    public Task StartAsync(CancellationToken ct) => RunAsync("pg_ctl", ct, "start", "-w", "-t", "60", "-D", DataDirectory, "-l", LogFile);

    /// <summary>An orderly end: sessions are ended, the last WAL segment is archived.</summary>
    public Task StopAsync(CancellationToken ct) => RunAsync("pg_ctl", ct, "stop", "-w", "-m", "fast", "-D", DataDirectory);

    /// <summary>An end without checkpoint, as after a power cut; the next start recovers.</summary>
    public Task CrashAsync(CancellationToken ct) => RunAsync("pg_ctl", ct, "stop", "-w", "-m", "immediate", "-D", DataDirectory);

    /// <summary>Ends recovery and begins a new timeline; the server must be a running standby.</summary>
    public Task PromoteAsync(CancellationToken ct) => RunAsync("pg_ctl", ct, "promote", "-w", "-D", DataDirectory);

    /// <summary>Waits until replay has ended and the server accepts writes; a started server already answers before that.</summary>
    public async Task RecoveredAsync(CancellationToken ct)
    {
        var deadline = Task.Delay(TimeSpan.FromMinutes(2), ct);
        while (await QueryAsync<bool>("SELECT pg_is_in_recovery()", ct))
        {
            if (deadline.IsCompleted)
            {
                throw new TimeoutException($"still in recovery after two minutes\n{Log}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        }
    }

    public async Task ExecuteAsync(string sql, CancellationToken ct, string database = "postgres")
    {
        await using var connection = await ConnectAsync(database, ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The first column of the first row.</summary>
    public async Task<T> QueryAsync<T>(string sql, CancellationToken ct, string database = "postgres")
    {
        await using var connection = await ConnectAsync(database, ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? await reader.GetFieldValueAsync<T>(0, ct) : throw new InvalidOperationException($"no row: {sql}");
    }

    /// <summary>Runs a script the way a person would: psql, stopping at the first error.</summary>
    public Task<ToolResult> PsqlAsync(string script, CancellationToken ct, string database = "postgres") =>
        ToolProcess.RunAsync(Command("psql", "-X", "-v", "ON_ERROR_STOP=1", "-h", Folder, "-U", "postgres", "-d", database) with { Input = script }, ct);

    /// <summary>One of PostgreSQL's own programs, as the user and with the environment of the server.</summary>
    public ToolCommand Command(string program, params string[] arguments) =>
        PostgresUser.Command(Path.Combine(_options.Programs, program), arguments) with { Environment = ProcessEnvironment };

    /// <summary>What programs beside the server are started with, archive and restore commands included.</summary>
    public IReadOnlyDictionary<string, string> ProcessEnvironment =>
        new Dictionary<string, string>(_options.Environment) { ["HOME"] = Folder, ["PGHOST"] = Folder, ["PGUSER"] = "postgres", ["LC_ALL"] = "C.UTF-8" };

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(DataDirectory, "postmaster.pid")))
        {
            await CrashAsync(CancellationToken.None);
        }

        _folder.Dispose();
    }

    private static async Task<PostgresServer> PrepareAsync(PostgresOptions options, Func<PostgresServer, Task> prepare, CancellationToken ct)
    {
        Requirement.Programs(Path.Combine(options.Programs, "postgres"));
        var server = new PostgresServer(new TemporaryFolder("pg"), options);
        try
        {
            await PostgresUser.OwnAsync(server.Folder, ct);
            await prepare(server);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task ConfigureAsync(CancellationToken ct)
    {
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = "",
            ["unix_socket_directories"] = Folder,
            ["port"] = "5432",
            ["shared_buffers"] = "16MB",
            // The operating system survives every crash that a test makes.
            ["fsync"] = "off",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
        };
        foreach (var (name, value) in _options.Settings)
        {
            settings[name] = value;
        }

        var lines = settings.Select(setting => $"{setting.Key} = '{setting.Value.Replace("'", "''", StringComparison.Ordinal)}'");
        await File.AppendAllLinesAsync(Path.Combine(DataDirectory, "postgresql.conf"), lines, ct);
    }

    private async Task<NpgsqlConnection> ConnectAsync(string database, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync(ct);
        return connection;
    }

    private async Task RunAsync(string program, CancellationToken ct, params string[] arguments)
    {
        var result = await ToolProcess.RunAsync(Command(program, arguments), ct);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{result.Command}\nended with exit code {result.ExitCode}\n{result.Output}{result.Error}{Log}");
        }
    }
}

/// <summary>How a <see cref="PostgresServer"/> differs from a default one.</summary>
public sealed record PostgresOptions
{
    /// <summary>Folder of the server's programs and its clients'.</summary>
    public string Programs { get; init; } = TestEnvironment.PostgresPrograms;

    /// <summary>Lines of postgresql.conf; a value is written without quotes.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Environment of the server, and so of its archive command.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public int WalSegmentMegabytes { get; init; } = 16;
}
