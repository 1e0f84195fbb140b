using CnpgRestore.CliTests.FromBackup;
using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromDump;

/// <summary>A Cluster made new from a dump, by every way its manifest gets into the cluster, and with what its bucket may do meanwhile.</summary>
public sealed class FreshDeliveryTests(TestBed bed)
{
    private const string Cluster = RecoveryScene.Cluster;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Git_gets_the_new_cluster_and_Flux_goes_on_with_it()
    {
        var (scene, git) = await GitOpsScene.CreateAsync(bed, Ct);
        await using var _ = scene;
        using var __ = git;
        var dump = await DumpAsync(scene);
        var file = Path.Combine(git.Path, GitOpsScene.Manifest);

        var result = await RestoreAsync(scene, dump, "-f", file, "--apply", "git");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        Assert.False(await GitOpsScene.IsSuspendedAsync(scene, Ct));
        Assert.Contains("name: ${CLUSTER}", await File.ReadAllTextAsync(file, Ct), StringComparison.Ordinal);
        Assert.Equal("", (await git.GitAsync(Ct, "status", "--porcelain")).Trim());
        Assert.Contains($"Make {scene.Namespace}/{Cluster} new from a dump", await git.GitAsync(Ct, "log", "-1", "--format=%B"), StringComparison.Ordinal);
        var uid = await scene.UidAsync();
        var head = (await git.GitAsync(Ct, "rev-parse", "HEAD")).Trim();
        await scene.Clusters.UntilAsync("kustomization/database", item => item!["status"]!["lastAppliedRevision"]!.GetValue<string>().EndsWith(head, StringComparison.Ordinal), Ct);
        Assert.Equal(uid, await scene.UidAsync());
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task With_the_plugin_the_manifest_is_written_and_the_run_goes_on_when_it_is_applied()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed, manifests => Task.FromResult($"{manifests.ObjectStore()}\n---\n{ClusterManifests.PluginInitdb(Cluster, Cluster)}"));
        var dump = await DumpAsync(scene);
        var file = Path.Combine(scene.Folder, "cluster.yaml");
        await File.WriteAllTextAsync(file, "# ours\n" + ClusterManifests.PluginInitdb(Cluster, Cluster), Ct);

        var written = await RestoreAsync(scene, dump, "-f", file, "--apply", "none");

        Assert.True(written.ExitCode == 20, written.Output + written.Error);
        Assert.Contains("is written and waits to be applied", written.Error, StringComparison.Ordinal);
        Assert.Null(await scene.UidAsync());
        var text = await File.ReadAllTextAsync(file, Ct);
        Assert.StartsWith("# ours\n", text, StringComparison.Ordinal);
        Assert.Contains("serverName: postgres-v18", text, StringComparison.Ordinal);
        await scene.Clusters.Namespace.KubectlAsync(Ct, "apply", "-f", file);
        var result = await scene.RunAsync("runs", "resume", scene.LastRun(), "--yes");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        Assert.Contains(await scene.KeysAsync("postgres-v18"), key => key.EndsWith("/backup.info", StringComparison.Ordinal));
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Without_its_bucket_the_database_comes_back_under_a_name_that_nobody_has()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        var dump = await DumpAsync(scene);
        // Nobody listens there.
        await scene.Clusters.Namespace.KubectlAsync(
            Ct, "patch", "cluster", Cluster, "--type", "merge", "--patch", """{"spec":{"backup":{"barmanObjectStore":{"endpointURL":"http://127.0.0.1:9"}}}}""");

        var result = await RestoreAsync(scene, dump);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("the bucket cannot be reached, so a name is taken that nobody has", result.Output + result.Error, StringComparison.Ordinal);
        Assert.Contains("no first base backup is taken", result.Output + result.Error, StringComparison.Ordinal);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        var server = (await scene.Clusters.FindAsync($"cluster/{Cluster}", Ct))!["spec"]!["backup"]!["barmanObjectStore"]!["serverName"]!.GetValue<string>();
        Assert.Matches($"^{Cluster}-[0-9]+t[0-9]+z$", server);
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_folder_that_was_filled_meanwhile_stops_it_before_the_new_cluster_and_the_printed_command_helps()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        var dump = await DumpAsync(scene);
        Assert.Null(await KilledRun.AtAsync(scene.Command(Command(dump)), KillMoment.Recorded("stop-cluster")));
        await scene.Clusters.S3.PutAsync(scene.Clusters.Folder("postgres-v18"), new Dictionary<string, byte[]> { ["wals/0000000100000000/000000010000000000000001"] = new byte[100] }, Ct);

        var stopped = await RestoreAsync(scene, dump);

        Assert.True(stopped.ExitCode == 20, stopped.Output + stopped.Error);
        Assert.Contains("Expected empty archive: postgres-v18/ is not empty", stopped.Error, StringComparison.Ordinal);
        Assert.Null(await scene.UidAsync());
        var hint = stopped.Error[(stopped.Error.IndexOf("hint:", StringComparison.Ordinal) + "hint:".Length)..].Trim();
        var commands = hint.Split(", then: ");
        Assert.Equal(2, commands.Length);
        var rename = NativeProgram.Command([.. commands[0].Split(' ')[1..], "--yes"]) with
        {
            Environment = new Dictionary<string, string>(S3Server.ClientEnvironment) { ["CNPG_RESTORE_STATE"] = scene.State, ["HOME"] = scene.Folder },
        };
        (await ToolProcess.RunAsync(rename, Ct)).Succeeded();
        var result = await scene.RunAsync([.. commands[1].Split(' ')[1..].TakeWhile(word => word != "-n"), "--yes"]);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        await scene.AssertNothingIsLeftAsync();
    }

    private static string[] Command(string dump) => ["from-dump", Cluster, "--local", dump, "--strategy", "fresh", "--keep-apps", "--yes"];

    private static Task<ToolResult> RestoreAsync(RecoveryScene scene, string dump, params string[] options) => scene.RunAsync([.. Command(dump), .. options]);

    /// <summary>Rows of which a third is lost after the dump.</summary>
    private static async Task<string> DumpAsync(RecoveryScene scene)
    {
        await scene.SqlAsync($"CREATE TABLE items AS SELECT n, md5(n::text) AS text FROM generate_series(1, {RecoveryScene.Rows}) n; ALTER TABLE items OWNER TO orders");
        var dump = Path.Combine(scene.Folder, "orders.sql");
        await File.WriteAllTextAsync(dump, await scene.Clusters.Namespace.KubectlAsync(Ct, "exec", $"{Cluster}-1", "-c", "postgres", "--", "pg_dump", "-d", "orders"), Ct);
        await scene.SqlAsync("DELETE FROM items WHERE n % 3 = 0");
        return dump;
    }
}
