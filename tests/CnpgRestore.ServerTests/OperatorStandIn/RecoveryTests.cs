using System.Text.Json.Nodes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.OperatorStandIn;

/// <summary>Recovery by the stand-in for the operator: targets, the plugin's shape, and the faults that CloudNativePG has.</summary>
public sealed class RecoveryTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Recovers_to_a_moment_from_the_last_backup_before_it()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        var story = await scene.TakeOverAsync(await bed.ClusterStoryAsync(Ct), Ct);
        var moment = story.Moments[1];

        await scene.Namespace.ApplyAsync(scene.Manifests.Recovery("orders", "orders-v1", "orders-v2", $$"""{targetTime: "{{moment.Time:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}}"}"""), Ct);
        await scene.HealthyAsync("orders", Ct);

        Assert.Equal(moment.Rows, await RowsAsync(scene));
    }

    [Fact]
    public async Task A_target_after_the_last_commit_ends_the_job_with_PostgreSQLs_own_words()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        await scene.TakeOverAsync(await bed.ClusterStoryAsync(Ct), Ct);

        await scene.Namespace.ApplyAsync(
            scene.Manifests.Recovery("orders", "orders-v1", "orders-v2", """{targetTime: "2099-01-01T00:00:00Z"}""", "stand-in.cnpg-restore/job-backoff-limit: \"0\""), Ct);

        await scene.FailedAsync("orders-1-full-recovery", Ct);
        Assert.Contains("recovery ended before configured recovery target was reached", await JobLogsAsync(scene), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_store_that_goes_away_during_replay_makes_a_healthy_cluster_without_its_last_rows()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        var story = await scene.TakeOverAsync(await bed.ClusterStoryAsync(Ct), Ct);
        var lost = story.Moments[^1];

        await scene.Namespace.ApplyAsync(
            scene.Manifests.Recovery("orders", "orders-v1", "orders-v2", annotations: $"stand-in.cnpg-restore/fail-wal-restore-from: \"{lost.Segment}\""), Ct);
        await scene.HealthyAsync("orders", Ct);

        Assert.Equal(story.Moments[^2].Rows, await RowsAsync(scene));
    }

    [Fact]
    public async Task The_plugin_recovers_archives_and_backs_up()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        var story = await scene.TakeOverAsync(await bed.ClusterStoryAsync(Ct), Ct);

        await scene.Namespace.ApplyAsync(scene.Manifests.ObjectStore(), Ct);
        await scene.Namespace.ApplyAsync(ClusterManifests.PluginRecovery("orders", "orders-v1", "orders-v2"), Ct);
        await scene.HealthyAsync("orders", Ct);
        await scene.Namespace.ApplyAsync(ClusterManifests.Backup("first", "orders", "plugin"), Ct);
        var backup = await scene.UntilAsync("backup/first", item => Phase(item) == "completed", Ct);

        Assert.Equal(story.Moments[^1].Rows, await RowsAsync(scene));
        Assert.Null(backup!["status"]!["serverName"]);
        Assert.NotEmpty(await scene.S3.ListAsync(new S3Folder(scene.Bucket, $"orders-v2/base/{backup["status"]!["backupId"]}/"), Ct));
        var window = (await scene.FindAsync("objectstore/store", Ct))!["status"]!["serverRecoveryWindow"]!["orders-v2"]!;
        Assert.Equal(backup["status"]!["stoppedAt"]!.GetValue<string>(), window["lastSuccessfulBackupTime"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_plugins_container_tells_the_cause_and_the_main_container_only_that_there_is_one()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        await scene.TakeOverAsync(await bed.ClusterStoryAsync(Ct), Ct);

        await scene.Namespace.ApplyAsync(scene.Manifests.ObjectStore(), Ct);
        await scene.Namespace.ApplyAsync(ClusterManifests.PluginRecovery("orders", "orders-v1", "orders-v1"), Ct);

        var pods = await scene.UntilAsync("pods", items => items!["items"]!.AsArray().Any(pod => Phase(pod) == "Failed"), Ct);
        var pod = pods!["items"]!.AsArray().First(pod => Phase(pod) == "Failed")!["metadata"]!["name"]!.GetValue<string>();
        var plugin = await scene.Namespace.KubectlAsync(Ct, "logs", pod, "--container", "plugin-barman-cloud");
        var main = await scene.Namespace.KubectlAsync(Ct, "logs", pod, "--container", "full-recovery");
        Assert.Contains("Expected empty archive", plugin, StringComparison.Ordinal);
        Assert.DoesNotContain("Expected empty archive", main, StringComparison.Ordinal);
        Assert.Contains("rpc error: code = Unknown desc = unexpected failure invoking barman-cloud-wal-archive: exit status 1", main, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_database_and_owner_an_empty_database_app_appears_beside_the_restored_one()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        var story = await scene.TakeOverAsync(await bed.ClusterStoryAsync(Ct), Ct);

        await scene.Namespace.ApplyAsync(
            scene.Manifests.Recovery("orders", "orders-v1", "orders-v2").Replace("database: orders, owner: orders, ", "", StringComparison.Ordinal), Ct);
        await scene.HealthyAsync("orders", Ct);

        Assert.Equal("app|app\norders|orders", await scene.SqlAsync("orders", "postgres",
            "SELECT datname, pg_get_userbyid(datdba) FROM pg_database WHERE datname IN ('app', 'orders') ORDER BY 1", Ct));
        Assert.Equal(story.Moments[^1].Rows, await RowsAsync(scene));
    }

    [Fact]
    public async Task A_tablespace_comes_back_where_the_spec_declares_it_and_stops_the_recovery_where_not()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        await scene.Namespace.ApplyAsync(WithVolumes(scene.Manifests.Initdb("orders", "orders-v1")), Ct);
        await scene.HealthyAsync("orders", Ct);
        await scene.UntilAsync("cluster/orders", item => item!["status"]!["tablespacesStatus"] is not null, Ct);
        await scene.SqlAsync("orders", "orders", "CREATE TABLE events TABLESPACE fast AS SELECT n FROM generate_series(1, 100) n", Ct);
        await scene.BackUpAsync("orders", "nightly", Ct);
        await scene.Namespace.KubectlAsync(Ct, "delete", "cluster", "orders");

        await scene.Namespace.ApplyAsync(scene.Manifests.Recovery("without", "orders-v1", "orders-v2", annotations: "stand-in.cnpg-restore/job-backoff-limit: \"0\""), Ct);
        await scene.Namespace.ApplyAsync(WithVolumes(scene.Manifests.Recovery("orders", "orders-v1", "orders-v3")), Ct);
        await scene.HealthyAsync("orders", Ct);
        await scene.FailedAsync("without-1-full-recovery", Ct);

        Assert.Equal(100, await RowsAsync(scene));
        Assert.Contains("/var/lib/postgresql/tablespaces/fast", await scene.LogsAsync("job/without-1-full-recovery", Ct), StringComparison.Ordinal);
    }

    private static string WithVolumes(string yaml) => yaml.Replace(
        "  storage: {size: 1Gi}\n",
        "  storage: {size: 1Gi}\n  walStorage: {size: 1Gi}\n  tablespaces: [{name: fast, storage: {size: 1Gi}}]\n",
        StringComparison.Ordinal);

    private static string? Phase(JsonNode? item) => item?["status"]?["phase"]?.GetValue<string>();

    private static async Task<long> RowsAsync(ClusterScene scene) =>
        long.Parse(await scene.SqlAsync("orders", "orders", "SELECT count(*) FROM events", Ct), System.Globalization.CultureInfo.InvariantCulture);

    private static Task<string> JobLogsAsync(ClusterScene scene) => scene.LogsAsync("job/orders-1-full-recovery", Ct);
}
