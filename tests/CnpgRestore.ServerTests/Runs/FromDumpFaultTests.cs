using CnpgRestore.Plans.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A restore from a dump whose PostgreSQL, or the way to it, breaks: the live database is the former or the restored one, and the run goes on.</summary>
public sealed class FromDumpFaultTests(OwnPostgres server) : IClassFixture<OwnPostgres>
{
    public static MatrixTheoryData<LoadEngine, string> Loads => new([LoadEngine.Parallel, LoadEngine.Psql], PostgresFaults.All.Keys);

    /// <summary>A statement of each step, but the load.</summary>
    public static MatrixTheoryData<string, bool> Steps => new(
        ["CREATE DATABASE", "COMMENT ON DATABASE", "pg_sequence ", "ANALYZE", "count(*) FROM ONLY", "BEGIN", "RENAME TO", "ALLOW_CONNECTIONS false", "COMMIT"], [false, true]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Loads))]
    public async Task A_load_that_is_broken_leaves_the_live_database_alone_and_goes_on(LoadEngine engine, string fault)
    {
        await using var scene = await DumpScene.CreateAsync(server.Postgres);
        scene.Proxy.AfterBytes(DumpScene.Middle, PostgresFaults.All[fault]);

        await scene.StopAsync(engine);

        Assert.Equal(scene.Former, await scene.ContentAsync());
        await scene.HealAndFinishAsync(engine);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_step_whose_connection_is_cut_is_done_or_not_done_and_the_run_goes_on(string statement, bool after)
    {
        await using var scene = await DumpScene.CreateAsync(server.Postgres);
        scene.Proxy.On(statement, Times.First(1), after ? PostgresFaults.CutAfter : PostgresFaults.CutBefore);

        await scene.StopAsync(LoadEngine.Parallel);

        Assert.Contains(await scene.ContentAsync(), (string[])[scene.Former, scene.Expected]);
        await scene.HealAndFinishAsync(LoadEngine.Parallel);
    }

    [Theory]
    [InlineData(LoadEngine.Parallel)]
    [InlineData(LoadEngine.Psql)]
    public async Task A_disk_that_is_full_stops_the_run_and_with_more_room_it_goes_on(LoadEngine engine)
    {
        Requirement.That(Environment.IsPrivilegedProcess, "mounting a small file system needs root");
        await using var small = await SmallTablespace.CreateAsync(server.Postgres, Ct);
        await using var scene = await DumpScene.CreateAsync(server.Postgres);
        await server.Postgres.ExecuteAsync($"ALTER DATABASE {scene.Live.Name} SET TABLESPACE {SmallTablespace.Name}", Ct);
        // A new database has holes until its pages are written: there is room for it, and not for the rows as well.
        await small.Disk.ResizeAsync(await server.Postgres.QueryAsync<long>($"SELECT pg_database_size('{scene.Live.Name}') + 3000000", Ct), Ct);

        Problem problem;
        try
        {
            problem = await scene.StopAsync(engine);
        }
        finally
        {
            await small.Disk.ResizeAsync(100 << 20, Ct);
        }

        Assert.Equal(ProblemCode.Stopped, problem.Code);
        Assert.True(problem.Message.Contains("No space left", StringComparison.Ordinal), $"{problem}");
        Assert.Equal(scene.Former, await scene.ContentAsync());
        await scene.HealAndFinishAsync(engine);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_that_are_appended_around_a_lost_answer_to_COMMIT_are_never_there_twice(bool after)
    {
        await using var scene = await DumpScene.CreateAsync(server.Postgres, "--data-only", "--table=orders");
        await scene.Live.ExecuteAsync("DROP TABLE orders; CREATE TABLE orders (id bigint, customer int, note text)", Ct);
        var script = await File.ReadAllLinesAsync(scene.Dump, Ct);
        await File.WriteAllLinesAsync(scene.Dump, script.Where(line => !line.Contains("setval", StringComparison.Ordinal)), Ct);
        scene.Proxy.On("COMMIT", Times.First(1), after ? PostgresFaults.CutAfter : PostgresFaults.CutBefore);

        var problem = await scene.StopAsync(LoadEngine.Psql, LoadStrategy.Append);

        // Which of both it is, nobody has told the client: the message must not say it.
        Assert.DoesNotContain("nothing was changed", $"{problem.Detail} {problem.Hint}", StringComparison.Ordinal);
        scene.Proxy.Heal();
        await scene.RestoreAsync(LoadEngine.Psql);
        Assert.Equal(30_000, await scene.Live.QueryAsync<long>("SELECT count(*) FROM orders", Ct));
    }
}
