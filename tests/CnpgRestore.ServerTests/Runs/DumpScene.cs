using CnpgRestore.Databases;
using CnpgRestore.Dumps;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Runs;
using CnpgRestore.Runs.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A live database behind a proxy that breaks sessions, its dump of before an accident, and the restore from it.</summary>
sealed class DumpScene : IAsyncDisposable
{
    /// <summary>So much is sent in the middle of a load: planning sends less, and the rows are twice as much.</summary>
    public const long Middle = 700_000;

    private const string Shop = """
        CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL);
        CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int NOT NULL REFERENCES customers, note text);
        INSERT INTO customers (name) SELECT 'c' || g FROM generate_series(1, 200) g;
        INSERT INTO orders (customer, note) SELECT 1 + g % 200, md5(g::text) FROM generate_series(1, 30000) g;
        CREATE INDEX ON orders (customer);
        """;

    private readonly TemporaryFolder _state = new("state");
    private readonly RunId _run = RunId.Create("from-dump", TimeProvider.System);

    private DumpScene(PostgresServer postgres, TestDatabase live)
    {
        Live = live;
        Proxy = new PostgresFaultProxy(postgres);
    }

    public TestDatabase Live { get; }

    public PostgresFaultProxy Proxy { get; }

    /// <summary>Beside the comparison with the dump; null for none.</summary>
    public string? CheckSql { get; set; }

    /// <summary>As a Cluster that is made new is filled.</summary>
    public bool IsFresh { get; set; }

    public string Dump => Path.Combine(_state.Path, "app.sql");

    /// <summary>What the dump holds.</summary>
    public string Expected { get; private set; } = "";

    /// <summary>What the live database holds after the accident.</summary>
    public string Former { get; private set; } = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<DumpScene> CreateAsync(PostgresServer postgres, params string[] dumpOptions)
    {
        var scene = new DumpScene(postgres, await TestDatabase.CreateAsync(postgres, Shop, Ct));
        await File.WriteAllTextAsync(scene.Dump, await scene.Live.DumpAsync(Ct, dumpOptions), Ct);
        scene.Expected = await scene.ContentAsync();
        await scene.Live.ExecuteAsync("DELETE FROM orders WHERE id > 100; INSERT INTO customers (name) VALUES ('late')", Ct);
        scene.Former = await scene.ContentAsync();
        // After a crash a sequence goes on where its last record in the WAL lies, up to 32 values ahead; from a checkpoint it goes on exactly.
        await postgres.ExecuteAsync("CHECKPOINT", Ct);
        return scene;
    }

    /// <summary>Begins the run, or goes on with it.</summary>
    /// <param name="roles">That the run creates, beside those that its planner finds.</param>
    public async Task<FromDumpResult> RestoreAsync(LoadEngine engine, LoadStrategy strategy = LoadStrategy.Swap, params string[] roles)
    {
        await using var server = new UrlServer(ServerUrl.Parse(Proxy.UrlOf(Live.Name)));
        await using var session = await DatabaseSession.OpenAsync(server, FromDumpPlanner.Maintenance, Ct);
        var planner = new FromDumpPlanner(server, session);
        var state = new StateFolder(_state.Path);
        if (File.Exists(state.JournalOf(_run)))
        {
            using var resumed = Journal.Resume(state, _run, TimeProvider.System);
            var decision = FromDumpDecision.TryParse(resumed.Entries.First(entry => entry.Type == JournalEntry.Decided).Text!)!;
            return await RunAsync(await planner.ResumeAsync(decision, LocalDumps.Instance, progress: null, Ct), resumed);
        }

        var request = new FromDumpRequest { Dump = Dump, Database = Live.Name, To = Proxy.UrlOf(Live.Name), Engine = engine, Strategy = strategy, Jobs = 2, CheckSql = CheckSql };
        var plan = await planner.PlanAsync(request, _run.Value, progress: null, Ct);
        plan = IsFresh ? plan with { Decision = plan.Decision with { IsFresh = true, To = "cnpg://db/orders" } } : plan;
        plan = plan with { Decision = plan.Decision with { Roles = [.. plan.Decision.Roles, .. roles] } };
        using var journal = Journal.Create(state, _run, "from-dump", FromDumpPlan.SubjectOf(Live.Name, plan.Decision.SystemIdentifier), TimeProvider.System);
        journal.Append(JournalEntry.Decided, entry => entry with { Text = plan.Decision.ToJson() });
        return await RunAsync(plan, journal);

        Task<FromDumpResult> RunAsync(FromDumpPlan plan, Journal journal) =>
            new FromDumpRun(server, session, plan, journal, new Run(journal, new Unseen()), _ => Task.CompletedTask, TimeProvider.System).RunAsync(Ct);
    }

    /// <summary>Takes the run back, or makes it final.</summary>
    public async Task EndAsync(Func<FromDumpUndo, Task<FromDumpEnd>> planAsync)
    {
        await using var server = new UrlServer(ServerUrl.Parse(Proxy.UrlOf(Live.Name)));
        await using var session = await DatabaseSession.OpenAsync(server, FromDumpPlanner.Maintenance, Ct);
        using var journal = Journal.Resume(new StateFolder(_state.Path), _run, TimeProvider.System);
        var decision = FromDumpDecision.TryParse(journal.Entries.First(entry => entry.Type == JournalEntry.Decided).Text!)!;
        await FromDumpUndo.RunAsync(await planAsync(new FromDumpUndo(server, session, decision, journal.Entries)), new Run(journal, new Unseen()), Ct);
    }

    /// <summary>The run ends in an error that says how to go on.</summary>
    public async Task<Problem> StopAsync(LoadEngine engine, LoadStrategy strategy = LoadStrategy.Swap)
    {
        var problem = (await Assert.ThrowsAsync<RestoreException>(() => RestoreAsync(engine, strategy))).Problem;
        Assert.Contains(problem.Code, (ProblemCode[])[ProblemCode.Stopped, ProblemCode.Unreachable]);
        Assert.Contains($"cnpg-restore runs resume {_run}", problem.Hint, StringComparison.Ordinal);
        await Proxy.SettledAsync();
        return problem;
    }

    /// <summary>Ends the faults, goes on, and finds what an undisturbed run leaves.</summary>
    public async Task HealAndFinishAsync(LoadEngine engine)
    {
        Proxy.Heal();
        await RestoreAsync(engine);
        Assert.Equal(Expected, await ContentAsync());
        Assert.Equal(2L, await Live.Postgres.QueryAsync<long>($"SELECT count(*) FROM pg_database WHERE datname LIKE '{Live.Name}%'", Ct));
    }

    public async Task<string> ContentAsync() =>
        // Rows lie where they were written; their order says nothing.
        string.Join('\n', (await Live.DumpAsync(Ct, "--restrict-key=same")).Split('\n').Order(StringComparer.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Live.DisposeAsync();
        _state.Dispose();
    }
}
