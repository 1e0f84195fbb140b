using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.ServerTests.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Plans;

/// <summary>What <c>from-dump --strategy fresh</c> says before a Cluster is deleted, against a real API server, bucket and dump; nothing runs there.</summary>
public sealed class FreshRefusalTests(TestBed bed) : IAsyncLifetime
{
    private const string Cluster = "orders";

    private readonly TemporaryFolder _folder = new("fresh");
    private ApiScene _scene = null!;
    private S3Server _s3 = null!;
    private string _bucket = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Manifest => new ClusterManifests(_s3.Endpoint, _bucket).Initdb(Cluster, Cluster);

    public async ValueTask InitializeAsync()
    {
        _s3 = await bed.S3Async(Ct);
        _bucket = await _s3.CreateBucketAsync(Ct);
        _scene = await ApiScene.OpenAsync(bed, Ct);
        await _scene.ApplyAsync(ClusterManifests.Credentials, Ct);
        await using var database = await TestDatabase.CreateAsync(
            await bed.PostgresAsync(Ct), "CREATE TABLE items AS SELECT n, repeat(md5(n::text), 32) AS text FROM generate_series(1, 3000) n", Ct);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "orders.sql"), await database.DumpAsync(Ct, "--no-owner"), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _scene.KubectlAsync(CancellationToken.None, "delete", "clusters.postgresql.cnpg.io", "--all");
        await _scene.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_empty_archive_keeps_its_name()
    {
        var result = await RunAsync(Manifest);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("orders/ is empty, so the new cluster may archive there", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_volume_that_is_smaller_than_the_dump_is_told()
    {
        var result = await RunAsync(Manifest.Replace("storage: {size: 1Gi}", "storage: {size: 1Mi}", StringComparison.Ordinal));

        Assert.Equal(15, result.ExitCode);
        Assert.Contains("No space left on the disk of the new Cluster", result.Error, StringComparison.Ordinal);
        Assert.Contains("make spec.storage.size larger", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Fp")]
    [InlineData("-Fc")]
    public async Task Roles_that_the_operator_makes_are_made_and_not_missing(string format)
    {
        await using var database = await TestDatabase.CreateAsync(
            await bed.PostgresAsync(Ct),
            """
            DO $$ BEGIN CREATE ROLE cnpg_pooler_pgbouncer LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
            DO $$ BEGIN CREATE ROLE cnpg_metrics_exporter LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
            CREATE TABLE items (n int);
            CREATE FUNCTION user_search(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
            GRANT EXECUTE ON FUNCTION user_search(text) TO cnpg_pooler_pgbouncer;
            GRANT SELECT ON items TO cnpg_metrics_exporter;
            """,
            Ct);
        await DumpAsync(database, format);

        var result = await RunAsync(Manifest, "--database", "orders");
        var kept = await RunAsync(Manifest, "--database", "orders", "--no-roles");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("create the roles that are missing: cnpg_metrics_exporter, cnpg_pooler_pgbouncer", result.Output, StringComparison.Ordinal);
        Assert.Equal(15, kept.ExitCode);
    }

    [Fact]
    public async Task A_role_to_which_an_archive_grants_the_database_itself_is_asked_for()
    {
        var postgres = await bed.PostgresAsync(Ct);
        var role = $"watcher_{Path.GetRandomFileName()[..8]}";
        await using var database = await TestDatabase.CreateAsync(postgres, $"CREATE TABLE items (n int); CREATE ROLE {role}", Ct);
        await database.ExecuteAsync($"GRANT CONNECT ON DATABASE {database.Name} TO {role}", Ct);
        await DumpAsync(database, "-Fc");
        await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}", Ct);

        var result = await RunAsync(Manifest, "--database", "orders");

        Assert.Equal(15, result.ExitCode);
        Assert.Contains($"roles are missing: {role}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_is_in_use_is_not_taken()
    {
        await _s3.PutAsync(new S3Folder(_bucket, "taken/"), new Dictionary<string, byte[]> { ["wals/0000000100000000/000000010000000000000001"] = new byte[100] }, Ct);

        var result = await RunAsync(Manifest, "--archive-name", "taken");

        Assert.Equal(15, result.ExitCode);
        Assert.Contains("Expected empty archive: taken/ is not empty", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Choices_that_exclude_each_other_are_told()
    {
        var both = await RunAsync(Manifest, "--archive-name", "other", "--lineage", "move");
        var blind = await RunAsync(Manifest, "--lineage", "move", "--endpoint", "http://127.0.0.1:1");
        var without = await RunAsync(Manifest[..Manifest.IndexOf("  backup:", StringComparison.Ordinal)], "--archive-name", "other");

        Assert.Equal((2, 15, 2), (both.ExitCode, blind.ExitCode, without.ExitCode));
        Assert.Contains("--archive-name goes with --lineage new", both.Error, StringComparison.Ordinal);
        Assert.Contains("the bucket cannot be reached, so nothing can be moved in it", blind.Error, StringComparison.Ordinal);
        Assert.Contains("cluster orders takes no backups: --archive-name names nothing", without.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_owner_that_nobody_names_is_asked_for_with_the_command()
    {
        var result = await RunAsync(Manifest, "--database", "other");
        var named = await RunAsync(Manifest, "--database", "other", "--owner", "somebody");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("who shall own database other is not said", result.Error, StringComparison.Ordinal);
        Assert.Contains("cnpg-restore from-dump orders --strategy fresh --local PATH --database other --owner NAME", result.Error, StringComparison.Ordinal);
        Assert.True(named.ExitCode == 0, named.Output + named.Error);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_stops_nothing_and_is_noted()
    {
        await _scene.ApplyAsync(Manifest, Ct);
        // Its pod is gone, and the operator has not noticed.
        await _scene.WriteStatusAsync(new ObjectReference(ResourceTypes.Clusters, _scene.Namespace, Cluster), new JsonObject { ["currentPrimary"] = "orders-1", ["instances"] = 1, ["readyInstances"] = 1 }, Ct);

        var result = await RunAsync(null);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("the present database does not answer, so nobody can tell what else it holds", result.Output, StringComparison.Ordinal);
        Assert.Contains("removes data", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_stops_its_Cluster_is_told_and_a_stopped_Cluster_is_made_new_without()
    {
        var written = await RunAsync(Manifest.Replace("annotations: {  }", "annotations: {cnpg.io/fencedInstances: '[\"*\"]'}", StringComparison.Ordinal));
        await _scene.ApplyAsync(Manifest, Ct);
        await _scene.KubectlAsync(Ct, "annotate", "cluster", Cluster, "cnpg.io/hibernation=on");
        var live = await RunAsync(null);

        Assert.Equal(15, written.ExitCode);
        Assert.Contains("the annotation cnpg.io/fencedInstances stops the Cluster that the manifest makes", written.Error, StringComparison.Ordinal);
        Assert.Contains("cluster.yaml line 5", written.Error, StringComparison.Ordinal);
        Assert.True(live.ExitCode == 0, live.Output + live.Error);
        Assert.Contains("the annotation cnpg.io/hibernation is left out", live.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_a_variable_names_or_no_URL_is_told_before_it_is_asked()
    {
        var open = await RunAsync(Manifest.Replace(_s3.Endpoint, "https://${ACCOUNT}.example.org", StringComparison.Ordinal));
        var none = await RunAsync(Manifest.Replace(_s3.Endpoint, "gateway.example.org", StringComparison.Ordinal));

        Assert.Equal((15, 2), (open.ExitCode, none.ExitCode));
        Assert.Contains("Flux variables have no value: ${ACCOUNT} (", open.Error, StringComparison.Ordinal);
        Assert.Contains("'gateway.example.org' is not valid for endpointURL", none.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("swap")]
    [InlineData("append")]
    [InlineData("clean")]
    [InlineData("fresh")]
    public async Task Into_a_replica_of_another_cluster_nothing_is_loaded(string strategy)
    {
        await _scene.ApplyAsync($"{Manifest}\n  replica: {{primary: east, source: east}}\n  externalClusters: [{{name: east, connectionParameters: {{host: east-rw}}}}]\n", Ct);

        var result = await RunWithAsync(strategy, null);

        Assert.Equal(15, result.ExitCode);
        Assert.Contains("cluster orders is a replica of east: nothing can be restored into it", result.Error, StringComparison.Ordinal);
        Assert.Contains("restore east instead; or promote orders first: set spec.replica.primary to orders", result.Error, StringComparison.Ordinal);
    }

    /// <summary>In the place of the other one; pg_dump writes as the server's own user, and not here.</summary>
    private async Task DumpAsync(TestDatabase database, string format)
    {
        var written = Path.Combine(database.Postgres.Folder, $"{database.Name}.dump");
        await database.DumpAsync(Ct, format, "-f", written);
        File.Copy(written, Path.Combine(_folder.Path, "orders.sql"), overwrite: true);
    }

    /// <param name="manifest">Null for the live Cluster.</param>
    private Task<ToolResult> RunAsync(string? manifest, params string[] options) => RunWithAsync("fresh", manifest, options);

    private async Task<ToolResult> RunWithAsync(string strategy, string? manifest, params string[] options)
    {
        List<string> arguments = ["from-dump", Cluster, "-n", _scene.Namespace, "--strategy", strategy, "--local", Path.Combine(_folder.Path, "orders.sql"), "--keep-apps", "--dry-run", .. options];
        if (manifest is not null)
        {
            var file = Path.Combine(_folder.Path, "cluster.yaml");
            await File.WriteAllTextAsync(file, manifest, Ct);
            arguments.AddRange(["-f", file]);
        }

        return await ToolProcess.RunAsync(
            NativeProgram.Command([.. arguments]) with
            {
                Environment = new Dictionary<string, string> { ["KUBECONFIG"] = _scene.Server.Kubeconfig, ["HOME"] = _folder.Path, ["CNPG_RESTORE_STATE"] = Path.Combine(_folder.Path, "state") },
            },
            Ct);
    }
}
