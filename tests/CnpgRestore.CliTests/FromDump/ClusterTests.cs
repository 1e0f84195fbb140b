using System.Globalization;
using CnpgRestore.CliTests.Apps;
using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>The database of a Cluster comes back from a dump: applications stopped, loaded, proven, swapped, applications started.</summary>
public sealed class ClusterTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("swap", "parallel")]
    [InlineData("swap", "psql")]
    [InlineData("clean", "psql")]
    [InlineData("append", "psql")]
    [InlineData("fresh", "psql")]
    public async Task The_database_is_as_the_dump_says_and_every_application_is_back(string strategy, string engine)
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        await ClusterDump.SpoilAsync(scene);
        if (strategy == "append")
        {
            // It adds: to empty tables, rows alone.
            dump = await ClusterDump.RowsAloneAsync(scene);
        }

        await scene.StartAppsAsync();
        var counts = await scene.CountsAsync();

        var dry = await scene.RunAsync("from-dump", AppsScene.Cluster, "--local", dump, "--strategy", strategy, "--dry-run");
        var result = await scene.RunAsync("from-dump", AppsScene.Cluster, "--local", dump, "--strategy", strategy, "--engine", engine, "--yes");

        Assert.True(dry.ExitCode == 0, dry.Error);
        Assert.Contains("stop 4 workloads", dry.Output, StringComparison.Ordinal);
        if (strategy == "swap")
        {
            Assert.Matches(@"on the disk of cluster \S+ [\d.]+ [GT]iB are free, the dump has [\d.]+ \w+ of text; the live database has", dry.Output);
        }

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(ClusterDump.Rows.ToString(CultureInfo.InvariantCulture), await ClusterDump.CountAsync(scene));
        Assert.Equal("orders", await scene.Clusters.SqlAsync(AppsScene.Cluster, "orders", "SELECT tableowner FROM pg_tables WHERE tablename = 'items'", Ct));
        Assert.Equal(counts, await scene.CountsAsync());
        await scene.SessionsAsync(6);
        await scene.AssertNothingIsLeftAsync();
        Assert.Equal("0", await scene.Clusters.SqlAsync(AppsScene.Cluster, "postgres", "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'cnpg_restore%'", Ct));
    }

    [Fact]
    public async Task Undo_after_a_swap_brings_the_former_database_back_and_commit_drops_it()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        await ClusterDump.SpoilAsync(scene);
        var spoiled = await ClusterDump.CountAsync(scene);

        var first = await scene.RunAsync("from-dump", AppsScene.Cluster, "--local", dump, "--yes");
        Assert.True(first.ExitCode == 0, first.Output + first.Error);
        var undo = await scene.RunAsync("runs", "undo", ClusterDump.LastRun(scene), "--yes");

        Assert.True(undo.ExitCode == 0, undo.Output + undo.Error);
        Assert.Equal(spoiled, await ClusterDump.CountAsync(scene));
        var undone = await ToolProcess.RunAsync(
            scene.Command(["runs", "commit", ClusterDump.LastRun(scene), "--to", $"cnpg://{scene.Home.Name}/{AppsScene.Cluster}", "--yes"], "another-machine"), Ct);
        Assert.True(undone.ExitCode == 0, undone.Output + undone.Error);
        var second = await scene.RunAsync("from-dump", AppsScene.Cluster, "--local", dump, "--yes");
        Assert.True(second.ExitCode == 0, second.Output + second.Error);
        var commit = await scene.RunAsync("runs", "commit", ClusterDump.LastRun(scene), "--yes");
        Assert.True(commit.ExitCode == 0, commit.Output + commit.Error);
        Assert.Equal(ClusterDump.Rows.ToString(CultureInfo.InvariantCulture), await ClusterDump.CountAsync(scene));
        Assert.Equal("orders,postgres", await DatabasesAsync());
        // Beside it, a database that is not there yet.
        var made = await scene.RunAsync("from-dump", AppsScene.Cluster, "--local", dump, "--database", "copy", "--yes");
        Assert.True(made.ExitCode == 0, made.Output + made.Error);
        Assert.Equal("orders", await scene.Clusters.SqlAsync(AppsScene.Cluster, "copy", "SELECT datdba::regrole FROM pg_database WHERE datname = 'copy'", Ct));
        Assert.Equal("copy,orders,postgres", await DatabasesAsync());
        (await scene.RunAsync("runs", "undo", ClusterDump.LastRun(scene), "--yes")).Succeeded();
        (await scene.RunAsync("runs", "commit", ClusterDump.LastRun(scene), "--yes")).Succeeded();
        Assert.Equal("orders,postgres", await DatabasesAsync());

        Task<string> DatabasesAsync() => scene.Clusters.SqlAsync(
            AppsScene.Cluster, "postgres", "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database WHERE NOT datistemplate", Ct);
    }

    [Fact]
    public async Task Rows_that_an_application_wrote_before_it_was_stopped_are_no_difference()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await scene.Clusters.SqlAsync(AppsScene.Cluster, "orders", "CREATE TABLE events (n int); ALTER TABLE events OWNER TO orders; INSERT INTO events SELECT 2 FROM generate_series(1, 100)", Ct);
        var dump = await ClusterDump.WriteAsync(scene, "pg_dump", "--data-only", "-d", "orders", "-t", "events");
        await scene.Home.ApplyAsync(AppManifests.Writer, Ct);
        var deadline = Task.Delay(TimeSpan.FromMinutes(2), Ct);
        while (await scene.Clusters.SqlAsync(AppsScene.Cluster, "orders", "SELECT count(*) > 105 FROM events", Ct) != "t")
        {
            Assert.False(deadline.IsCompleted, "the application does not write");
            await Task.Delay(100, Ct);
        }

        var result = await scene.RunAsync("from-dump", AppsScene.Cluster, "--local", dump, "--strategy", "append", "--yes");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal("200", await scene.Clusters.SqlAsync(AppsScene.Cluster, "orders", "SELECT count(*) FROM events WHERE n = 2", Ct));
    }

    [Fact]
    public async Task A_run_that_is_killed_goes_on_and_the_applications_come_back()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        await ClusterDump.SpoilAsync(scene);
        await scene.StartAppsAsync();
        var counts = await scene.CountsAsync();
        string[] command = ["from-dump", AppsScene.Cluster, "--local", dump, "--yes"];
        foreach (var step in (string[])["create-database", "verify"])
        {
            Assert.Null(await KilledRun.AtAsync(scene.Command(command), KillMoment.Recorded(step)));
        }

        Assert.NotEqual(counts, await scene.CountsAsync());
        var result = await scene.RunAsync(command);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(ClusterDump.Rows.ToString(CultureInfo.InvariantCulture), await ClusterDump.CountAsync(scene));
        Assert.Equal(counts, await scene.CountsAsync());
        await scene.SessionsAsync(6);
        await scene.AssertNothingIsLeftAsync();
    }
}
