using System.Text.Json.Nodes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.OperatorStandIn;

/// <summary>The stand-in for the operator does to a Cluster what CloudNativePG does.</summary>
public sealed class ClusterTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_lives_is_backed_up_and_comes_back_under_a_new_server_name()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        await scene.Namespace.ApplyAsync(scene.Manifests.Initdb("orders", "orders-v1"), Ct);
        await scene.HealthyAsync("orders", Ct);
        await scene.SqlAsync("orders", "orders", "CREATE TABLE items AS SELECT n FROM generate_series(1, 1000) n", Ct);
        var backup = await scene.BackUpAsync("orders", "nightly", Ct);
        await scene.SqlAsync("orders", "orders", "INSERT INTO items SELECT n FROM generate_series(1001, 1500) n", Ct);
        var segment = await scene.ArchiveAsync("orders", Ct);
        var original = await scene.FindAsync("cluster/orders", Ct);

        await scene.Namespace.ApplyAsync(scene.Manifests.Recovery("again", "orders-v1", "orders-v2"), Ct);
        await scene.HealthyAsync("again", Ct);

        Assert.Equal("1500", await scene.SqlAsync("again", "orders", "SELECT count(*) FROM items", Ct));
        Assert.Contains("Cluster/again CreatingInstance: Primary instance (from backup)", await scene.EventsAsync(Ct), StringComparison.Ordinal);
        var recovered = await scene.UntilAsync("cluster/again", item => Condition(item, "ContinuousArchiving") == "True", Ct);
        Assert.Equal(original!["status"]!["systemID"]!.GetValue<string>(), recovered!["status"]!["systemID"]!.GetValue<string>());
        Assert.Equal(2, recovered["status"]!["timelineID"]!.GetValue<int>());
        var old = await KeysAsync(scene, "orders-v1");
        Assert.Contains($"base/{backup}/data.tar.gz", old);
        Assert.Contains($"wals/{segment[..16]}/{segment}.gz", old);
        Assert.Contains("wals/00000002.history.gz", await KeysAsync(scene, "orders-v2"));
    }

    [Fact]
    public async Task Applications_reach_the_database_with_the_generated_secret_and_nobody_as_superuser()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        await scene.Namespace.ApplyAsync(scene.Manifests.Initdb("orders", "orders"), Ct);
        await scene.HealthyAsync("orders", Ct);
        var uri = Convert.FromBase64String((await scene.FindAsync("secret/orders-app", Ct))!["data"]!["uri"]!.GetValue<string>());

        var user = await scene.Namespace.KubectlAsync(Ct, "exec", "orders-1", "--container", "postgres", "--", "psql", System.Text.Encoding.UTF8.GetString(uri), "-XAtc", "SELECT current_user");
        await scene.SqlAsync("orders", "postgres", "ALTER ROLE postgres PASSWORD 'mine'", Ct);

        Assert.Equal("orders", user.Trim());
        Assert.Null(await scene.FindAsync("secret/orders-superuser", Ct));
        await UntilSqlAsync(scene, "SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'postgres'");
    }

    [Fact]
    public async Task A_recovery_into_a_used_folder_fails_in_its_job_and_the_phase_stays()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        await scene.Namespace.ApplyAsync(scene.Manifests.Initdb("orders", "orders-v1"), Ct);
        await scene.HealthyAsync("orders", Ct);
        await scene.BackUpAsync("orders", "nightly", Ct);

        await scene.Namespace.ApplyAsync(scene.Manifests.Recovery("again", "orders-v1", "orders-v1", annotations: "stand-in.cnpg-restore/job-backoff-limit: \"1\""), Ct);
        await scene.FailedAsync("again-1-full-recovery", Ct);

        var pods = (await scene.Namespace.KubectlAsync(Ct, "get", "pods", "--selector", "job-name=again-1-full-recovery", "--output", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, pods.Length);
        var lines = (await scene.LogsAsync(pods[0], Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!);
        Assert.Contains(lines, line => line["logger"]?.GetValue<string>() == "barman-cloud-check-wal-archive"
            && line["msg"]!.GetValue<string>().EndsWith("ERROR: WAL archive check failed for server orders-v1: Expected empty archive", StringComparison.Ordinal));
        Assert.Equal("Setting up primary", (await scene.FindAsync("cluster/again", Ct))!["status"]!["phase"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_newer_operator_calls_a_failed_recovery_unrecoverable()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);

        await scene.Namespace.ApplyAsync(
            scene.Manifests.Recovery("lost", "nowhere", "lost", annotations: "stand-in.cnpg-restore/job-backoff-limit: \"0\", stand-in.cnpg-restore/operator-version: 1.30.0"), Ct);

        var cluster = await scene.UntilAsync("cluster/lost", item => Phase(item) == "Cluster is unrecoverable and needs manual intervention", Ct);
        Assert.Contains("lost-1-full-recovery", cluster!["status"]!["phaseReason"]!.GetValue<string>(), StringComparison.Ordinal);
        var pod = await scene.Namespace.KubectlAsync(Ct, "get", "pods", "--selector", "cnpg.io/jobRole=full-recovery", "--output", "name");
        Assert.Contains("no target backup found", await scene.LogsAsync(pod.Trim(), Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_a_cluster_removes_all_that_it_owns_and_keeps_the_bucket()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        await scene.Namespace.ApplyAsync(scene.Manifests.Initdb("orders", "orders"), Ct);
        await scene.HealthyAsync("orders", Ct);
        await scene.BackUpAsync("orders", "nightly", Ct);

        await scene.Namespace.KubectlAsync(Ct, "delete", "cluster", "orders");

        await scene.UntilAsync("pods,jobs,pvc,services,secrets,configmaps", items =>
            items!["items"]!.AsArray().All(item => item!["metadata"]!["labels"]?["cnpg.io/cluster"] is null), Ct);
        Assert.NotNull(await scene.FindAsync("backup/nightly", Ct));
        Assert.NotNull(await scene.FindAsync("secret/s3", Ct));
        Assert.NotEmpty(await KeysAsync(scene, "orders"));
    }

    [Fact]
    public async Task Orphan_volumes_are_adopted_and_no_recovery_happens()
    {
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        await scene.Namespace.ApplyAsync(scene.Manifests.Initdb("orders", "orders-v1"), Ct);
        await scene.HealthyAsync("orders", Ct);
        await scene.SqlAsync("orders", "orders", "CREATE TABLE survivor ()", Ct);
        await scene.Namespace.KubectlAsync(Ct, "delete", "cluster", "orders", "--cascade=orphan");
        await scene.Namespace.KubectlAsync(Ct, "delete", "pod", "orders-1");

        await scene.Namespace.ApplyAsync(scene.Manifests.Recovery("orders", "nowhere", "orders-v2"), Ct);
        await scene.HealthyAsync("orders", Ct);

        Assert.Equal("0", await scene.SqlAsync("orders", "orders", "SELECT count(*) FROM survivor", Ct));
        Assert.DoesNotContain("from backup", await scene.EventsAsync(Ct), StringComparison.Ordinal);
    }

    private static string? Condition(JsonNode? item, string type) => item?["status"]?["conditions"]?.AsArray()
        .FirstOrDefault(condition => condition!["type"]!.GetValue<string>() == type)?["status"]?.GetValue<string>();

    private static string? Phase(JsonNode? item) => item?["status"]?["phase"]?.GetValue<string>();

    private static async Task<HashSet<string>> KeysAsync(ClusterScene scene, string serverName)
    {
        var folder = scene.Folder(serverName);
        return [.. (await scene.S3.ListAsync(folder, Ct)).Select(item => item.Key[folder.Prefix.Length..])];
    }

    private static async Task UntilSqlAsync(ClusterScene scene, string condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        while (await scene.SqlAsync("orders", "postgres", condition, deadline.Token) != "t")
        {
            await Task.Delay(200, deadline.Token);
        }
    }
}
