using System.Globalization;
using System.Text.Json;
using CnpgRestore.CliTests.Apps;
using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>The runbook's option A: the Cluster is deleted, made new and empty, and filled from a dump.</summary>
public sealed class FreshTests(TestBed bed)
{
    private const string Cluster = AppsScene.Cluster;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_cluster_is_new_the_database_is_as_in_the_dump_and_every_application_is_back()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        await ClusterDump.SpoilAsync(scene);
        await scene.StartAppsAsync();
        var counts = await scene.CountsAsync();
        var uid = await UidAsync(scene);
        var password = await PasswordAsync(scene);

        var dry = await scene.RunAsync("from-dump", Cluster, "--local", dump, "--strategy", "fresh", "--dry-run");
        var unchanged = await UidAsync(scene);
        var result = await scene.RunAsync("from-dump", Cluster, "--local", dump, "--strategy", "fresh", "--yes");

        Assert.True(dry.ExitCode == 0, dry.Error);
        Assert.Contains("delete the Cluster and wait until its pods and volumes are gone (removes data)", dry.Output, StringComparison.Ordinal);
        Assert.Contains("archive to orders-2", dry.Output, StringComparison.Ordinal);
        Assert.Equal(uid, unchanged);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.NotEqual(uid, await UidAsync(scene));
        await AssertRestoredAsync(scene);
        Assert.Equal(counts, await scene.CountsAsync());
        // Copies of the Secret in other namespaces still let in.
        Assert.Equal(password, await PasswordAsync(scene));
        await scene.SessionsAsync(6);
        await scene.AssertNothingIsLeftAsync();
        var archive = JsonDocument.Parse((await scene.RunAsync("backups", "list", "--cluster", Cluster, "-o", "json")).Succeeded().Output).RootElement;
        Assert.Equal(1, archive.GetProperty("backups").GetArrayLength());
        Assert.StartsWith($"{Cluster}-2", archive.GetProperty("server").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_difference_does_not_keep_the_run_from_its_end_and_the_applications_stay_stopped()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        await scene.StartAppsAsync();
        var checks = Path.Combine(scene.Folder, "checks.sql");
        await File.WriteAllLinesAsync(checks, ["SELECT 1 = 2;"], Ct);

        var result = await scene.RunAsync("from-dump", Cluster, "--local", dump, "--strategy", "fresh", "--check-sql", checks, "--yes");

        Assert.True(result.ExitCode == 3, result.Output + result.Error);
        Assert.Contains("gives false", result.Output, StringComparison.Ordinal);
        Assert.Contains("the applications stay stopped", result.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal("web=0 queue=0 api=0", await scene.CountsAsync());
        await AssertRestoredAsync(scene);
        // The first backup is there, and no record of a run that is still to be ended.
        var archive = JsonDocument.Parse((await scene.RunAsync("backups", "list", "--cluster", Cluster, "-o", "json")).Succeeded().Output).RootElement;
        Assert.Equal(1, archive.GetProperty("backups").GetArrayLength());
        Assert.DoesNotContain($"cnpg-restore-{Cluster}", await scene.Home.KubectlAsync(Ct, "get", "configmaps", "-o", "name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_after_each_step_on_another_machine_each_time_the_same_command_finishes()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        await scene.Clusters.ArchiveAsync(Cluster, Ct);
        await scene.StartAppsAsync();
        var counts = await scene.CountsAsync();
        string[] command = ["from-dump", Cluster, "--local", dump, "--strategy", "fresh", "--lineage", "move", "--yes"];
        string[] steps =
        [
            "record", "stop-cluster", "copy-data", "prove", "remove-source", "create-cluster", "bootstrap", "create-database", "load", "sequences", "verify", "swap", "drop-empty", "first-backup",
        ];
        for (var index = 0; index < steps.Length; index++)
        {
            // Each knows of the others what the cluster has kept; the lease of a process that has ended is taken at once, because the host is the same.
            Assert.Null(await KilledRun.AtAsync(scene.Command(command, $"machine-{index}"), KillMoment.Recorded(steps[index])));
        }

        var name = ClusterDump.RunOf(await scene.Clusters.FindAsync($"configmap/cnpg-restore-{Cluster}", Ct));
        var undo = await scene.RunAsync("runs", "undo", name, "--yes");
        var result = await scene.RunAsync("runs", "resume", name, "--yes");

        Assert.Equal(15, undo.ExitCode);
        Assert.Contains("there is no way back", undo.Error, StringComparison.Ordinal);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        await AssertRestoredAsync(scene);
        Assert.Equal(counts, await scene.CountsAsync());
        await scene.SessionsAsync(6);
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_run_that_stopped_before_the_deletion_is_undone()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        await scene.StartAppsAsync();
        var counts = await scene.CountsAsync();
        var uid = await UidAsync(scene);
        // Nobody owns it, so nobody stops it, and it stays connected.
        await scene.Home.ApplyAsync(AppManifests.Shell, Ct);
        await scene.SessionsAsync(7);

        var stopped = await scene.RunAsync("from-dump", Cluster, "--local", dump, "--strategy", "fresh", "--yes");
        Assert.Equal(20, stopped.ExitCode);
        Assert.Contains("somebody is connected to cluster orders", stopped.Error, StringComparison.Ordinal);
        Assert.Equal("web=0 queue=0 api=0", await scene.CountsAsync());
        var other = await scene.RunAsync("from-backup", Cluster, "--yes");
        var run = ClusterDump.RunOf(await scene.Clusters.FindAsync($"configmap/cnpg-restore-{Cluster}", Ct));
        var dry = await scene.RunAsync("runs", "undo", run, "--dry-run");
        var unasked = await scene.RunAsync("runs", "undo", run);
        Assert.Equal("web=0 queue=0 api=0", await scene.CountsAsync());
        var undo = await scene.RunAsync("runs", "undo", run, "--yes");

        Assert.True(dry.ExitCode == 0, dry.Error);
        Assert.Contains($"cluster {Cluster} in namespace {scene.Home.Name} was not touched and stays", dry.Output, StringComparison.Ordinal);
        Assert.Contains($"of cluster {scene.Home.Name}/{Cluster} as before", dry.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("(removes data)", dry.Output, StringComparison.Ordinal);
        Assert.Equal(15, unasked.ExitCode);
        Assert.Equal(15, other.ExitCode);
        Assert.Contains("is not finished", other.Error, StringComparison.Ordinal);
        Assert.True(undo.ExitCode == 0, undo.Output + undo.Error);
        Assert.Equal(uid, await UidAsync(scene));
        Assert.Equal(counts, await scene.CountsAsync());
        await scene.SessionsAsync(7);
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_cluster_that_is_gone_is_made_from_its_manifest_in_git_from_a_dump_of_all_databases()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        await ClusterDump.FillAsync(scene);
        await scene.Clusters.SqlAsync(Cluster, "postgres", "CREATE ROLE reporting; REVOKE CONNECT ON DATABASE orders FROM PUBLIC; GRANT CONNECT ON DATABASE orders TO reporting; ALTER DATABASE orders SET statement_timeout TO '7min'", Ct);
        await scene.Clusters.SqlAsync(Cluster, "orders", "GRANT SELECT ON items TO reporting", Ct);
        var dump = await ClusterDump.WriteAsync(scene, "pg_dumpall", "--clean", "--if-exists");
        using var git = await GitFolder.CreateAsync(Ct);
        // What the runbook has in Git after an earlier recovery.
        await git.CommitAsync("cluster.yaml", scene.Clusters.Manifests.Recovery(Cluster, "orders-old", Cluster), Ct);
        var file = Path.Combine(git.Path, "cluster.yaml");
        await scene.Home.KubectlAsync(Ct, "delete", "cluster", Cluster, "--wait=true");
        await scene.Clusters.UntilAsync("pods,pvc", items => items!["items"]!.AsArray().Count == 0, Ct);

        var result = await scene.RunAsync("from-dump", Cluster, "--local", dump, "--strategy", "fresh", "-f", file, "--apply", "git", "--yes");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        await AssertRestoredAsync(scene);
        Assert.Equal("t", await scene.Clusters.SqlAsync(Cluster, "orders", "SELECT has_table_privilege('reporting', 'items', 'SELECT')", Ct));
        Assert.Equal("t", await scene.Clusters.SqlAsync(Cluster, "orders", "SELECT has_database_privilege('reporting', 'orders', 'CONNECT') AND NOT has_database_privilege('pg_monitor', 'orders', 'CONNECT')", Ct));
        Assert.Equal("7min", await scene.Clusters.SqlAsync(Cluster, "orders", "SHOW statement_timeout", Ct));
        var written = await File.ReadAllTextAsync(file, Ct);
        Assert.Contains("initdb:", written, StringComparison.Ordinal);
        Assert.Contains("# recovery:", written, StringComparison.Ordinal);
        Assert.Contains("Make ", await git.GitAsync(Ct, "log", "-1", "--format=%s"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_be_lost_or_would_not_load_stops_it_before_anything_is_deleted()
    {
        await using var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        var uid = await UidAsync(scene);
        await scene.Clusters.SqlAsync(Cluster, "postgres", "CREATE DATABASE billing", Ct);
        await scene.Clusters.SqlAsync(Cluster, "billing", "CREATE TABLE invoices AS SELECT md5(n::text) FROM generate_series(1, 50000) n", Ct);
        var text = await File.ReadAllTextAsync(dump, Ct);
        var stranger = Path.Combine(scene.Folder, "stranger.sql");
        await File.WriteAllTextAsync(stranger, text.Replace("OWNER TO orders", "OWNER TO nobody_knows", StringComparison.Ordinal).Replace("from database version 15", "from database version 19", StringComparison.Ordinal), Ct);
        var cut = Path.Combine(scene.Folder, "cut.sql");
        await File.WriteAllTextAsync(cut, text[..(text.Length / 2)], Ct);

        var others = await RunAsync(dump);
        var wrong = await RunAsync(stranger);
        var half = await RunAsync(cut);

        Assert.All((ToolResult[])[others, wrong, half], result => Assert.Equal(15, result.ExitCode));
        Assert.Contains("other databases, which would be lost with it: billing", others.Error, StringComparison.Ordinal);
        Assert.Contains("roles are missing: nobody_knows", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("truncated: it is not loaded", half.Error, StringComparison.Ordinal);
        Assert.Equal(uid, await UidAsync(scene));
        Assert.Null(await scene.Clusters.FindAsync($"configmap/cnpg-restore-{Cluster}", Ct));

        Task<ToolResult> RunAsync(string path) => scene.RunAsync("from-dump", Cluster, "--local", path, "--strategy", "fresh", "--keep-apps", "--yes");
    }

    private static async Task AssertRestoredAsync(AppsScene scene)
    {
        Assert.Equal(ClusterDump.Rows.ToString(CultureInfo.InvariantCulture), await ClusterDump.CountAsync(scene));
        Assert.Equal("orders", await scene.Clusters.SqlAsync(Cluster, "orders", "SELECT tableowner FROM pg_tables WHERE tablename = 'items'", Ct));
        Assert.Equal("orders,postgres", await scene.Clusters.SqlAsync(Cluster, "postgres", "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database WHERE NOT datistemplate", Ct));
        // What a killed process has left lets nobody in after its term, and is dropped by a later command: nobody uses it now.
        Assert.Equal("0", await scene.Clusters.SqlAsync(
            Cluster, "postgres", "SELECT count(*) FROM pg_roles r WHERE rolname LIKE 'cnpg_restore%' AND EXISTS (SELECT FROM pg_stat_activity WHERE usename = r.rolname)", Ct));
        await scene.Clusters.UntilAsync($"cluster/{Cluster}", item => item!["status"]!["conditions"]!.AsArray().Any(
            condition => condition!["type"]!.GetValue<string>() == "ContinuousArchiving" && condition["status"]!.GetValue<string>() == "True"), Ct);
    }

    private static async Task<string> UidAsync(AppsScene scene) => (await scene.Clusters.FindAsync($"cluster/{Cluster}", Ct))!["metadata"]!["uid"]!.GetValue<string>();

    private static async Task<string> PasswordAsync(AppsScene scene) => (await scene.Clusters.FindAsync($"secret/{Cluster}-app", Ct))!["data"]!["password"]!.GetValue<string>();
}
