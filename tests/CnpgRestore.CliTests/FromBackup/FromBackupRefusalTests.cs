using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>What is refused before anything is changed, all of it at once.</summary>
public sealed class FromBackupRefusalTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_problem_is_told_at_once_and_the_cluster_lives_on()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        var uid = await scene.UidAsync();
        var file = Path.Combine(scene.Folder, "cluster.yaml");
        await File.WriteAllTextAsync(file, scene.Manifests.Initdb(RecoveryScene.Cluster, RecoveryScene.Cluster).Replace(
            "instances: 1", "instances: 1\n  imageName: ghcr.io/cloudnative-pg/postgresql:16.4\n  postgresql: {parameters: {max_connections: \"10\"}}", StringComparison.Ordinal), Ct);
        await scene.Clusters.Namespace.KubectlAsync(Ct, "patch", "cluster", RecoveryScene.Cluster, "--type", "merge", "--patch", """{"spec":{"postgresql":{"parameters":{"max_connections":"150"}}}}""");
        await scene.Clusters.Namespace.ApplyAsync(scene.Manifests.Initdb("squatter", "taken"), Ct);
        await scene.Clusters.HealthyAsync("squatter", Ct);
        await scene.Clusters.ArchiveAsync("squatter", Ct);

        var result = await scene.RecoverAsync("-f", file, "--archive-name", "taken");

        Assert.Equal(15, result.ExitCode);
        Assert.All(
            (string[])["things stand in the way; nothing was changed", "Expected empty archive: taken/ is not empty", "PostgreSQL 16 cannot start on a backup of PostgreSQL 15", "max_connections is 10 in the manifest and 150", "cluster squatter in namespace"],
            words => Assert.Contains(words, result.Error, StringComparison.Ordinal));
        Assert.Equal(uid, await scene.UidAsync());
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_cluster_that_does_not_archive_is_deleted_only_by_who_accepts_the_loss()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        var uid = await scene.UidAsync();
        // The pod does not reach the bucket any more; this machine does.
        var command = await scene.SqlAsync("SHOW archive_command");
        await scene.SqlAsync($"ALTER SYSTEM SET archive_command = 'env AWS_MAX_ATTEMPTS=1 no_proxy= http_proxy=http://127.0.0.1:1 {command}'; SELECT pg_reload_conf()");
        await scene.SqlAsync("INSERT INTO items VALUES (0, md5('0')); SELECT pg_switch_wal()");
        await scene.Clusters.UntilAsync($"cluster/{RecoveryScene.Cluster}", cluster => cluster!["status"]!["conditions"]!.AsArray().Any(
            condition => condition!["type"]!.GetValue<string>() == "ContinuousArchiving" && condition["status"]!.GetValue<string>() == "False"), Ct);

        var refused = await scene.RecoverAsync();
        var uidThen = await scene.UidAsync();
        var accepted = await scene.RecoverAsync("--accept-wal-loss");

        Assert.Equal(15, refused.ExitCode);
        Assert.Contains("the live Cluster does not archive: what it has written since is in no bucket, and its volumes would be deleted", refused.Error, StringComparison.Ordinal);
        Assert.Equal(uid, uidThen);
        Assert.True(accepted.ExitCode == 0, accepted.Output + accepted.Error);
        Assert.Contains("is lost, as --accept-wal-loss says", accepted.Error + accepted.Output, StringComparison.Ordinal);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
    }

    [Fact]
    public async Task A_cluster_without_backup_is_not_touched()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        var uid = await scene.UidAsync();

        var nothing = await scene.RecoverAsync();
        var late = await scene.RecoverAsync("--target-time", "2001-01-01T00:00:00Z");
        var local = await scene.RecoverAsync("--target-time", "2026-01-01T00:00:00");
        var missing = await scene.RunAsync("from-backup", "orders-v9", "--yes");
        var stranger = await ToolProcess.RunAsync(
            scene.Command(["from-backup", RecoveryScene.Cluster, "--yes", "--kubeconfig", scene.Clusters.Namespace.Server.StrangerKubeconfig]), Ct);

        Assert.Equal(10, nothing.ExitCode);
        Assert.Contains("Cannot find backup: no usable base backup in postgres-v17/", nothing.Error, StringComparison.Ordinal);
        Assert.Equal(10, late.ExitCode);
        Assert.Equal(2, local.ExitCode);
        Assert.Equal(10, missing.ExitCode);
        Assert.Contains("cluster orders-v9 does not exist", missing.Error, StringComparison.Ordinal);
        Assert.Equal(12, stranger.ExitCode);
        Assert.Equal(uid, await scene.UidAsync());
    }

    [Fact]
    public async Task A_source_in_another_bucket_is_named_and_never_read_and_refused_where_the_archive_has_nothing()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        var file = Path.Combine(scene.Folder, "cluster.yaml");
        var manifest = scene.Manifests.Recovery(RecoveryScene.Cluster, "elsewhere-v1", RecoveryScene.Cluster);
        var first = manifest.IndexOf($"s3://{scene.Clusters.Bucket}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, $"{manifest[..first]}s3://other{manifest[(first + $"s3://{scene.Clusters.Bucket}".Length)..]}", Ct);

        var empty = await scene.RecoverAsync("-f", file);
        await scene.FillAsync();
        var full = await scene.RunAsync("from-backup", RecoveryScene.Cluster, "--dry-run", "-f", file);
        var recovered = await scene.RecoverAsync("-f", file);

        Assert.Equal(15, empty.ExitCode);
        Assert.Contains("recovers from another bucket than it archives to", empty.Error, StringComparison.Ordinal);
        Assert.Contains("elsewhere-v1/ in s3://other", empty.Error, StringComparison.Ordinal);
        Assert.True(full.ExitCode == 0, full.Error);
        Assert.Contains("is not looked at: it is another bucket", full.Output, StringComparison.Ordinal);
        // From the bucket that was looked at, and not from the one that the entry still names.
        Assert.True(recovered.ExitCode == 0, recovered.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        var spec = (await scene.Clusters.FindAsync($"cluster/{RecoveryScene.Cluster}", Ct))!["spec"]!;
        var source = spec["bootstrap"]!["recovery"]!["source"]!.GetValue<string>();
        var entry = spec["externalClusters"]!.AsArray().Single(external => external!["name"]!.GetValue<string>() == source)!;
        Assert.Equal($"s3://{scene.Clusters.Bucket}", entry["barmanObjectStore"]!["destinationPath"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_name_as_long_as_the_operator_permits_is_no_reason_to_refuse()
    {
        const string Longest = "orders-of-the-northern-and-of-the-southern-shops-x";
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        await scene.Clusters.Namespace.KubectlAsync(Ct, "delete", "cluster", RecoveryScene.Cluster);
        var file = Path.Combine(scene.Folder, "cluster.yaml");
        await File.WriteAllTextAsync(file, scene.Manifests.Initdb(Longest, RecoveryScene.Cluster), Ct);

        var result = await scene.RunAsync("from-backup", Longest, "--dry-run", "-f", file);

        Assert.Equal(50, Longest.Length);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }
}
