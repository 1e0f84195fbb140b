using System.Globalization;
using CnpgRestore.CliTests.Apps;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>A Job that loads outlives the program that made it; and it may be ended itself.</summary>
public sealed class JobKillTests(TestBed bed)
{
    private const string Cluster = AppsScene.Cluster;

    /// <summary>Keeps the load waiting, rows in the table and the index still to come, until there is a role of that name.</summary>
    private const string Gate = "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gate') LOOP PERFORM pg_sleep(0.1); END LOOP; END $$;\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--engine", "psql")]
    [InlineData("--image", LoaderImage.Name)]
    public async Task A_job_is_waited_for_by_the_run_that_goes_on_and_nothing_is_loaded_twice_nor_half(string option, string value)
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await LoaderImage.AddAsync(bed, Ct);
        using var share = new TemporaryFolder("share");
        var text = await File.ReadAllTextAsync(await ClusterDump.MakeAsync(scene), Ct);
        var dump = Path.Combine(share.Path, "orders.sql");
        await File.WriteAllTextAsync(dump, text.Replace("CREATE INDEX", $"{Gate}CREATE INDEX", StringComparison.Ordinal), Ct);
        (await ToolProcess.RunAsync(new ToolCommand("chmod", "-R", "a+rX", share.Path), Ct)).Succeeded();
        await ClusterDump.SpoilAsync(scene);
        var spoiled = await ClusterDump.CountAsync(scene);
        var begin = scene.Command(["from-dump", Cluster, "--host-path", share.Path, "--dump", "orders.sql", option, value, "--yes"]);

        // The Job's pod is ended while it loads.
        await using (var running = ToolProcess.Start(begin))
        {
            await UntilLoadingAsync(running);
            await scene.Home.KubectlAsync(Ct, "delete", "pod", "--selector", $"job-name=cnpg-restore-{Run()}", "--wait=false");
            var failed = await running.WaitAsync(Ct);
            Assert.True(failed.ExitCode == 20, failed.Output + failed.Error);
            Assert.Contains("was ended before it had loaded", failed.Error, StringComparison.Ordinal);
            Assert.Contains($"cnpg-restore runs resume {Run()}", failed.Error, StringComparison.Ordinal);
        }

        Assert.Equal(spoiled, await ClusterDump.CountAsync(scene));

        // The same run goes on, and is killed while the Job loads, by two programs after each other. The Job names the Cluster's host as an application does, and is none.
        await KillWhileLoadingAsync(scene.Command(["runs", "resume", Run(), "--yes"]));
        var job = await JobAsync();
        await KillWhileLoadingAsync(begin);
        Assert.Equal(job, await JobAsync());
        Assert.Equal(spoiled, await ClusterDump.CountAsync(scene));
        await scene.Clusters.SqlAsync(Cluster, "postgres", "CREATE ROLE gate", Ct);
        await scene.Clusters.UntilAsync($"job/cnpg-restore-{Run()}", item => item?["status"]?["succeeded"]?.GetValue<int>() == 1, Ct);
        var result = await scene.RunAsync("runs", "resume", Run(), "--yes");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("the Job of an earlier process loads it", result.Output + result.Error, StringComparison.Ordinal);
        Assert.Equal(ClusterDump.Rows.ToString(CultureInfo.InvariantCulture), await ClusterDump.CountAsync(scene));
        Assert.Null(await scene.Clusters.FindAsync($"job/cnpg-restore-{Run()}", Ct));
        var undo = await scene.RunAsync("runs", "undo", Run(), "--yes");
        Assert.True(undo.ExitCode == 0, undo.Output + undo.Error);
        Assert.Equal(spoiled, await ClusterDump.CountAsync(scene));

        // Killed once more, and taken back: the Job goes with its database.
        await scene.Clusters.SqlAsync(Cluster, "postgres", "DROP ROLE gate", Ct);
        (await scene.RunAsync("runs", "commit", Run(), "--yes")).Succeeded();
        await KillWhileLoadingAsync(begin);
        var back = await scene.RunAsync("runs", "undo", Run(), "--yes");
        Assert.True(back.ExitCode == 0, back.Output + back.Error);
        Assert.Null(await scene.Clusters.FindAsync($"job/cnpg-restore-{Run()}", Ct));
        Assert.Equal("orders,postgres", await scene.Clusters.SqlAsync(Cluster, "postgres", "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database WHERE NOT datistemplate", Ct));

        string Run() => ClusterDump.LastRun(scene);

        async Task<string> JobAsync() => (await scene.Clusters.FindAsync($"job/cnpg-restore-{Run()}", Ct))!["metadata"]!["uid"]!.GetValue<string>();

        async Task KillWhileLoadingAsync(ToolCommand command)
        {
            var (run, before) = (Run(), await LinesAsync());
            await using var running = ToolProcess.Start(command);
            await UntilLoadingAsync(running);
            // A Job that is waited for was loading before, and said so in the journal: the program has to have come to it itself.
            await UntilAsync(running, async () => await LinesAsync() is { Length: > 0 } lines && (Run() != run || lines.Length > before.Length) && lines[^1].Contains("\"step\":\"load\"", StringComparison.Ordinal));
            running.Kill();
            await running.WaitAsync(Ct);
        }

        async Task<string[]> LinesAsync()
        {
            var file = Path.Combine(scene.Folder, "state", "runs", $"{Run()}.jsonl");
            return File.Exists(file) ? await File.ReadAllLinesAsync(file, Ct) : [];
        }

        Task UntilLoadingAsync(ToolProcess running) => UntilAsync(
            running, async () => await scene.Clusters.SqlAsync(Cluster, "postgres", "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO $$ BEGIN WHILE%'", Ct) == "1");

        static async Task UntilAsync(ToolProcess running, Func<Task<bool>> condition)
        {
            while (!await condition())
            {
                // The program has a deadline of its own.
                if (running.HasExited)
                {
                    var ended = await running.WaitAsync(Ct);
                    Assert.Fail($"ended before it loads: {ended.ExitCode}\n{ended.Output}{ended.Error}");
                }

                await Task.Delay(100, Ct);
            }
        }
    }
}
