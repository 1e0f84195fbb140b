using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Loading;
using CnpgRestore.TestServers;
using Npgsql;

namespace CnpgRestore.ServerTests.Dumps;

/// <summary>A load that is cut ends at once, says why, and leaves no session behind.</summary>
public sealed class LoadInterruptionTests : IAsyncLifetime
{
    private PostgresServer _postgres = null!;
    private string _dump = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.CreateAsync(new PostgresOptions(), Ct);
        await _postgres.ExecuteAsync("CREATE TABLE big AS SELECT g AS id, repeat(md5(g::text), 5) AS body FROM generate_series(1, 200000) g", Ct);
        await _postgres.ExecuteAsync("ALTER TABLE big ADD PRIMARY KEY (id)", Ct);
        await _postgres.ExecuteAsync("CREATE DATABASE target TEMPLATE template0", Ct);
        _dump = Path.Combine(_postgres.Folder, "big.sql");
        (await ToolProcess.RunAsync(_postgres.Command("pg_dump", "-f", _dump, "-d", "postgres"), Ct)).Succeeded();
    }

    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    [Fact]
    public async Task A_server_that_is_killed_is_reported_as_unreachable()
    {
        var e = await Assert.ThrowsAsync<RestoreException>(() => LoadAsync(() => _postgres.CrashAsync(CancellationToken.None), Ct));

        Assert.Equal(ProblemCode.Unreachable, e.Problem.Code);
        Assert.StartsWith("Connection refused", e.Problem.Message, StringComparison.Ordinal);
        // On a busy machine the second connection may only be on its way at that moment, or be told the settings of the dump before its rows.
        Assert.True(
            e.Problem.Detail!.Contains(" of the dump: ", StringComparison.Ordinal) || e.Problem.Message == "Connection refused: a connection for the load could not be made",
            e.Problem.ToString());
    }

    [Fact]
    public async Task An_interruption_leaves_no_session_behind()
    {
        using var interruption = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LoadAsync(() => interruption.CancelAsync(), interruption.Token));

        var deadline = Task.Delay(TimeSpan.FromSeconds(30), Ct);
        while (await _postgres.QueryAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = 'target'", Ct) > 0)
        {
            Assert.False(deadline.IsCompleted, "sessions are left");
        }
    }

    private async Task LoadAsync(Func<Task> interrupt, CancellationToken ct)
    {
        var settings = LoadConnection.Prepare(new NpgsqlConnectionStringBuilder(_postgres.ConnectionString("target")));
        await using var target = NpgsqlDataSource.Create(settings);
        var middle = new Middle(interrupt);
        try
        {
            await DumpLoader.LoadAsync(new LoadRequest(await DumpFile.OpenAsync(_dump, ct), Database: null, Jobs: 2), target, middle, ct);
        }
        finally
        {
            await middle.Interruption;
        }
    }

    private sealed class Middle(Func<Task> interrupt) : IProgress<LoadProgress>
    {
        public Task Interruption { get; private set; } = Task.CompletedTask;

        private bool _isOver;

        public void Report(LoadProgress value)
        {
            if (value.Rows > 50_000 && !_isOver)
            {
                _isOver = true;
                Interruption = interrupt();
            }
        }
    }
}
