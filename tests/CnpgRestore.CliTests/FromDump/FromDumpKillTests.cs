using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary><c>kill -9</c> at each step and at random moments: the live database is always the former or the restored one, and resume ends it.</summary>
public sealed class FromDumpKillTests(TestBed bed)
{
    private const int Seed = 20261122;

    private static readonly string[] SwapSteps = ["create-database", "load", "sequences", "analyze", "carry-over", "verify", "swap"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Moments =>
        [.. SwapSteps.SelectMany(step => (string[])[$"\"type\":\"step_started\",#\"step\":\"{step}\"", $"\"type\":\"step_finished\",#\"step\":\"{step}\""])];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_swap_that_is_killed_at_a_step_goes_on_to_its_end(string moment)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();

        var wasKilled = await KilledRestore.AtAsync(scene, moment.Split('#'), TimeSpan.Zero, Begin(scene));

        await AssertOneOfBothAsync(scene, former);
        if (wasKilled)
        {
            var resumed = await scene.RunAsync("runs", "resume", scene.Run, "--yes");
            Assert.True(resumed.ExitCode == 0, resumed.Output + resumed.Error);
        }

        Assert.Equal(scene.Expected, await scene.ContentAsync());
        Assert.Equal(2, (await scene.DatabasesAsync()).Count);
        var undo = await scene.RunAsync("runs", "undo", scene.Run);
        Assert.True(undo.ExitCode == 0, undo.Error);
        Assert.Equal(former, await scene.ContentAsync());
    }

    [Theory]
    [InlineData("load")]
    [InlineData("verify")]
    public async Task A_run_that_is_killed_before_the_swap_is_undone_without_a_trace(string step)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();
        Assert.True(await KilledRestore.AtAsync(scene, ["\"type\":\"step_started\",", $"\"step\":\"{step}\""], TimeSpan.Zero, Begin(scene)));

        var undo = await scene.RunAsync("runs", "undo", scene.Run);

        Assert.True(undo.ExitCode == 0, undo.Error);
        Assert.Equal(former, await scene.ContentAsync());
        Assert.Equal([""], await scene.DatabasesAsync());
    }

    [Fact]
    public async Task What_pg_restore_goes_on_with_after_the_kill_is_ended_and_its_database_made_anew()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed, "-Fd", "-j2");
        await scene.SpoilAsync();
        Assert.True(await KilledRestore.AtAsync(scene, ["\"type\":\"step_started\",", "\"step\":\"load\""], TimeSpan.FromMilliseconds(20), Begin(scene)));

        var resumed = await scene.RunAsync("runs", "resume", scene.Run, "--yes");

        Assert.True(resumed.ExitCode == 0, resumed.Output + resumed.Error);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Killed_again_and_again_at_random_it_ends_as_an_undisturbed_run(int sequence)
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();
        var random = new Random(Seed + sequence);
        var kills = 0;
        while (kills < 20 && await KilledRestore.AtAsync(scene, [], TimeSpan.FromMilliseconds(random.Next(150, 500 + (150 * kills))), kills == 0 ? Begin(scene) : Again(scene)))
        {
            kills++;
            await AssertOneOfBothAsync(scene, former);
        }

        Assert.True(kills > 0);
        TestContext.Current.SendDiagnosticMessage($"{kills} kills");
        if (await scene.ContentAsync() != scene.Expected)
        {
            var last = await scene.RunAsync(Again(scene));
            Assert.True(last.ExitCode == 0, last.Output + last.Error);
        }

        Assert.Equal(scene.Expected, await scene.ContentAsync());
        (await scene.RunAsync("runs", "undo", scene.Run)).Succeeded();
        Assert.Equal(former, await scene.ContentAsync());
    }

    [Fact]
    public async Task An_append_that_is_killed_is_never_loaded_twice_nor_half()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed, "--data-only");
        await scene.Live.ExecuteAsync("DROP TABLE sales.orders CASCADE; CREATE TABLE sales.orders (id bigint, customer int, note text)", Ct);
        await scene.Live.ExecuteAsync("ALTER TABLE sales.customers DROP CONSTRAINT customers_pkey CASCADE", Ct);
        var dump = (await File.ReadAllTextAsync(scene.Dump, Ct)).Split('\n').Where(line => !line.Contains("orders_id_seq", StringComparison.Ordinal));
        await File.WriteAllTextAsync(scene.Dump, string.Join('\n', dump), Ct);
        var random = new Random(Seed);
        string[] append = ["from-dump", "--local", scene.Dump, "--to", scene.Live.Url, "--yes", "--strategy", "append"];
        Assert.True(await KilledRestore.AtAsync(scene, ["transaction_begun"], TimeSpan.FromMilliseconds(random.Next(60)), append));
        for (var kill = 0; kill < 6; kill++)
        {
            var rows = await scene.Live.QueryAsync<long>("SELECT count(*) FROM sales.orders", Ct);
            Assert.True(rows is 0 or 20000, $"{rows} rows");
            await KilledRestore.AtAsync(scene, [], TimeSpan.FromMilliseconds(random.Next(300, 900)), "runs", "resume", scene.Run, "--yes");
        }

        var last = await scene.RunAsync("runs", "resume", scene.Run, "--yes");

        Assert.True(last.ExitCode == 0, last.Output + last.Error);
        Assert.Equal(20000, await scene.Live.QueryAsync<long>("SELECT count(*) FROM sales.orders", Ct));
        Assert.Equal(400, await scene.Live.QueryAsync<long>("SELECT count(*) FROM sales.customers", Ct));
    }

    private static string[] Begin(FromDumpScene scene) => ["from-dump", "--local", scene.Dump, "--to", scene.Live.Url, "--yes"];

    // Before its first step a run has no journal, and the command itself begins it.
    private static string[] Again(FromDumpScene scene) => scene.HasRun ? ["runs", "resume", scene.Run, "--yes"] : Begin(scene);

    private static async Task AssertOneOfBothAsync(FromDumpScene scene, string former)
    {
        var now = await scene.ContentAsync();
        Assert.True(now == former || now == scene.Expected, "the live database is neither the former nor the restored one");
    }
}
