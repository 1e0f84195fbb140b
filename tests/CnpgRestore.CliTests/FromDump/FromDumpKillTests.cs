using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>What a killed restore leaves is undone without a trace, and what it has started elsewhere is ended. Each step in turn: KillMatrixTests.</summary>
public sealed class FromDumpKillTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("load")]
    [InlineData("verify")]
    public async Task A_run_that_is_killed_before_the_swap_is_undone_without_a_trace(string step)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();
        Assert.Null(await KilledRun.AtAsync(Begin(scene), KillMoment.Begun(step)));

        var undo = await scene.RunAsync("runs", "undo", scene.Run, "--yes");

        Assert.True(undo.ExitCode == 0, undo.Error);
        Assert.Equal(former, await scene.ContentAsync());
        Assert.Equal([""], await scene.DatabasesAsync());
    }

    [Fact]
    public async Task A_run_that_is_killed_after_the_swap_is_undone_too()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();
        Assert.Null(await KilledRun.AtAsync(Begin(scene), KillMoment.Done("swap")));
        Assert.Equal(scene.Expected, await scene.ContentAsync());

        (await scene.RunAsync("runs", "undo", scene.Run, "--yes")).Succeeded();

        Assert.Equal(former, await scene.ContentAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_is_killed_after_the_swap_ends_without_its_dump_which_is_another_one_by_now(bool isCreated)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await (isCreated ? scene.DropAsync() : scene.SpoilAsync());
        Assert.Null(await KilledRun.AtAsync(Begin(scene), KillMoment.Recorded("swap")));
        var run = scene.Run;
        await File.AppendAllTextAsync(scene.Dump, "-- of the next night\n", Ct);

        var dry = await scene.RunAsync("runs", "resume", run, "--dry-run");
        var resumed = await scene.RunAsync("runs", "resume", run, "--yes");
        var again = await scene.RunAsync("runs", "resume", run, "--yes");

        Assert.True(dry.ExitCode == 0, dry.Error);
        Assert.Contains("nothing is loaded again", dry.Output, StringComparison.Ordinal);
        Assert.True(resumed.ExitCode == 0, resumed.Output + resumed.Error);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        Assert.Contains("nothing to go on with", again.Output, StringComparison.Ordinal);
        (await scene.RunAsync("runs", "commit", run, "--yes")).Succeeded();
        Assert.Equal([""], await scene.DatabasesAsync());
    }

    [Theory]
    [InlineData("commit")]
    [InlineData("undo")]
    public async Task A_run_whose_former_database_somebody_has_dropped_is_ended_and_is_in_nobodys_way(string end)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        Assert.Null(await KilledRun.AtAsync(Begin(scene), KillMoment.Recorded("swap")));
        var run = scene.Run;
        await scene.Live.Postgres.ExecuteAsync($"DROP DATABASE {scene.Live.Name}{(await scene.DatabasesAsync())[1]}", Ct);

        var resumed = await scene.RunAsync("runs", "resume", run, "--yes");
        var ended = await scene.RunAsync("runs", end, run, "--yes");

        Assert.Equal(15, resumed.ExitCode);
        Assert.Contains($"cnpg-restore runs commit {run}", resumed.Error, StringComparison.Ordinal);
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
        Assert.Contains($"{scene.Live.Name} stays as it is", ended.Output, StringComparison.Ordinal);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        Assert.Equal(15, (await scene.RunAsync("runs", end, run, "--yes")).ExitCode);
        await scene.SpoilAsync();
        var next = await scene.RestoreAsync("--engine", "psql");
        Assert.True(next.ExitCode == 0, next.Output + next.Error);
        Assert.NotEqual(run, scene.Run);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
    }

    [Fact]
    public async Task What_pg_restore_goes_on_with_after_the_kill_is_ended_and_its_database_made_anew()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        // An index that is not finished before there is this file: pg_restore goes on for as long as the test wants.
        var gate = Path.Combine(scene.Folder, "gate");
        await File.WriteAllTextAsync(gate, "", Ct);
        await scene.Live.ExecuteAsync(
            $"""
            CREATE FUNCTION sales.wait(id bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS
                $$ BEGIN WHILE (pg_catalog.pg_stat_file('{gate}', true)).size IS NULL LOOP PERFORM pg_catalog.pg_sleep(0.02); END LOOP; RETURN id; END $$;
            CREATE INDEX gated ON sales.customers (sales.wait(id));
            """,
            Ct);
        var expected = await scene.ContentAsync();
        var dump = Path.Combine(scene.Folder, "gated");
        await scene.Live.DumpAsync(Ct, "-Fd", "-j2", "-f", dump);
        await scene.SpoilAsync();
        File.Delete(gate);
        await using (var running = ToolProcess.Start(scene.Command("from-dump", "--local", dump, "--to", scene.Live.Url, "--yes")))
        {
            await UntilAsync(async () => running.HasExited || await LoadingAsync(scene) != 0, "pg_restore has not come to the index");
            // The program alone.
            await running.SignalAsync("KILL", Ct);
            await UntilAsync(() => Task.FromResult(running.HasExited), "the program does not end");
        }

        var left = await LoadingAsync(scene);
        Assert.NotEqual(0, left);
        await using var resuming = ToolProcess.Start(scene.Command("runs", "resume", scene.Run, "--yes"));
        // By itself it would wait for ever.
        await UntilAsync(async () => resuming.HasExited || await LoadingAsync(scene) is not 0 and var now && now != left, "pg_restore goes on, or nothing loads again");
        Assert.Equal(0, await scene.Live.QueryAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE pid = {left}", Ct));
        await File.WriteAllTextAsync(gate, "", Ct);
        var resumed = await resuming.WaitAsync(Ct);

        Assert.True(resumed.ExitCode == 0, resumed.Output + resumed.Error);
        Assert.Equal(expected, await scene.ContentAsync());
    }

    [Fact]
    public async Task Of_two_machines_that_have_both_begun_the_one_left_behind_is_undone_by_itself()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var elsewhere = Path.Combine(scene.Folder, "elsewhere");
        Assert.Null(await KilledRun.AtAsync(Begin(scene), KillMoment.Begun("create-database")));
        // Their databases are named by the second.
        await Task.Delay(TimeSpan.FromSeconds(1.1), Ct);
        Assert.Null(await KilledRun.AtAsync(At(elsewhere, Begin(scene)), KillMoment.Begun("create-database")));
        var (behind, ahead) = (scene.Run, FromDumpScene.NewestRun(elsewhere));
        Assert.Null(await KilledRun.AtAsync(scene.Command("runs", "resume", behind, "--yes"), KillMoment.Recorded("load")));

        var finished = await ToolProcess.RunAsync(At(elsewhere, scene.Command("runs", "resume", ahead, "--yes")), Ct);
        Assert.True(finished.ExitCode == 0, finished.Output + finished.Error);
        Assert.Equal(3, (await scene.DatabasesAsync()).Count);
        var undo = await scene.RunAsync("runs", "undo", behind, "--yes");

        Assert.True(undo.ExitCode == 0, undo.Output + undo.Error);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        Assert.Equal(2, (await scene.DatabasesAsync()).Count);
        (await ToolProcess.RunAsync(At(elsewhere, scene.Command("runs", "commit", ahead, "--yes")), Ct)).Succeeded();
        Assert.Equal([""], await scene.DatabasesAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public async Task An_append_that_is_killed_in_its_transaction_is_never_loaded_twice_nor_half(int milliseconds)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed, "--data-only");
        await scene.EmptyWithoutKeysAsync();
        var append = scene.Command("from-dump", "--local", scene.Dump, "--to", scene.Live.Url, "--yes", "--strategy", "append");
        Assert.Null(await KilledRun.AtAsync(append, KillMoment.On("transaction_begun", TimeSpan.FromMilliseconds(milliseconds))));

        var resumed = await scene.RunAsync("runs", "resume", scene.Run, "--yes");

        Assert.True(resumed.ExitCode == 0, resumed.Output + resumed.Error);
        Assert.Equal(20000, await scene.Live.QueryAsync<long>("SELECT count(*) FROM sales.orders", Ct));
        Assert.Equal(200, await scene.Live.QueryAsync<long>("SELECT count(*) FROM sales.customers", Ct));
    }

    /// <summary>The session that waits at the gate; 0: none does.</summary>
    private static Task<int> LoadingAsync(FromDumpScene scene) => scene.Live.QueryAsync<int>(
        $"SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE datname LIKE '{scene.Live.Name}%' AND query LIKE 'CREATE INDEX gated%' AND state = 'active' AND leader_pid IS NULL", Ct);

    private static async Task UntilAsync(Func<Task<bool>> condition, string otherwise)
    {
        var deadline = Task.Delay(TimeSpan.FromMinutes(5), Ct);
        while (!await condition())
        {
            Assert.False(deadline.IsCompleted, otherwise);
            await Task.Delay(TimeSpan.FromMilliseconds(20), Ct);
        }
    }

    /// <summary>As on another machine: with a state folder of its own.</summary>
    private static ToolCommand At(string state, ToolCommand command) => command with
    {
        Environment = new Dictionary<string, string>(command.Environment) { ["CNPG_RESTORE_STATE"] = state },
    };

    private static ToolCommand Begin(FromDumpScene scene) => scene.Command("from-dump", "--local", scene.Dump, "--to", scene.Live.Url, "--yes");
}
