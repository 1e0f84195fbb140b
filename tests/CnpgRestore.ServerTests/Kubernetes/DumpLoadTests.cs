using System.Globalization;
using System.Text;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>The two ways of a dump into a Cluster: through a tunnel, and in a Job on the node.</summary>
public sealed class DumpLoadTests(TestBed bed)
{
    private const string Cluster = "orders";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Four_connections_carry_fifty_megabytes_each_through_one_tunnel()
    {
        await using var scene = await HealthyAsync();
        using var api = scene.Namespace.Connect();
        await scene.SqlAsync(Cluster, "orders", "CREATE UNLOGGED TABLE loaded (line text); ALTER TABLE loaded OWNER TO orders", Ct);
        var password = await SecretAsync(scene, "password");
        await using var tunnel = PodTunnel.Open(api, scene.Namespace.Name, $"{Cluster}-1", 5432);

        var loads = Enumerable.Range(0, 4).Select(number => ToolProcess.RunAsync(
            Psql(tunnel, password, "yes $(printf '0123456789%.0s' {1..10}) | head -n 520000 | psql -X -v ON_ERROR_STOP=1 -c 'COPY loaded FROM STDIN'"), Ct));
        foreach (var load in await Task.WhenAll(loads))
        {
            Assert.True(load.ExitCode == 0, $"{load.Output}{load.Error}{tunnel.Failure}");
        }

        Assert.Equal("2080000|208000000", await scene.SqlAsync(Cluster, "orders", "SELECT count(*), sum(length(line)) FROM loaded", Ct));
        Assert.Null(tunnel.Failure);
    }

    [Fact]
    public async Task A_tunnel_that_ends_leaves_no_port_and_one_without_a_pod_says_why()
    {
        await using var ns = await (await bed.KubernetesAsync(Ct)).CreateNamespaceAsync(Ct);
        using var api = ns.Connect();
        var tunnel = PodTunnel.Open(api, ns.Name, "nobody", 5432);
        var port = tunnel.Port;

        var refused = await ToolProcess.RunAsync(Psql(tunnel, "x", "psql -X -c 'SELECT 1'"), Ct);
        await tunnel.DisposeAsync();
        var gone = await ToolProcess.RunAsync(Psql(tunnel: null, "x", "psql -X -c 'SELECT 1'", port), Ct);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("nobody", Assert.IsType<RestoreException>(tunnel.Failure).Message, StringComparison.Ordinal);
        Assert.Contains("Connection refused", gone.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_job_loads_a_dump_whole_or_not_at_all(bool isWhole)
    {
        await using var scene = await HealthyAsync();
        using var api = scene.Namespace.Connect();
        using var folder = new TemporaryFolder("dumps");
        await WriteAsync(folder, isWhole ? "" : "INSERT INTO items VALUES ('not a number');\n");
        var job = Job(scene, folder, "orders-latest.sql.gz", "gzip -dc");

        await api.CreateAsync(ResourceTypes.Jobs, scene.Namespace.Name, job.ToManifest(), WriteOptions.Default, Ct);
        await scene.Namespace.WaitAsync(isWhole ? "Complete" : "Failed", "job/load", Ct);
        var log = await scene.Namespace.KubectlAsync(Ct, "logs", "job/load");

        var tables = await scene.SqlAsync(Cluster, "orders", "SELECT count(*) FROM pg_tables WHERE tablename = 'items'", Ct);
        if (isWhole)
        {
            Assert.Equal("1000", await scene.SqlAsync(Cluster, "orders", "SELECT count(*) FROM items", Ct));
            Assert.EndsWith("loaded /dumps/orders-latest.sql.gz\n", log, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal("0", tables);
            Assert.Contains("ERROR:  invalid input syntax for type integer", log, StringComparison.Ordinal);
        }

        var pods = await scene.FindAsync("pods", Ct);
        Assert.DoesNotContain(await SecretAsync(scene, "password"), log + pods!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("gzip -dc")]
    public async Task An_archive_is_loaded_all_or_nothing_as_well(string decompress)
    {
        await using var scene = await HealthyAsync();
        using var api = scene.Namespace.Connect();
        await scene.SqlAsync(Cluster, "orders", "CREATE TABLE items (id int); CREATE TABLE late (id int); ALTER TABLE items OWNER TO orders; ALTER TABLE late OWNER TO orders", Ct);
        using var folder = new TemporaryFolder("dumps");
        var archive = Path.Combine(folder.Path, "orders.dump");
        await scene.Namespace.KubectlAsync(Ct, "exec", $"{Cluster}-1", "-c", "postgres", "--", "pg_dump", "-Fc", "-d", "orders", "-f", "/controller/tmp/orders.dump");
        await scene.Namespace.KubectlAsync(Ct, "cp", "-c", "postgres", $"{scene.Namespace.Name}/{Cluster}-1:/controller/tmp/orders.dump", archive);
        if (decompress != "cat")
        {
            (await ToolProcess.RunAsync(new ToolCommand("bash", "-c", $"gzip < {archive} > {archive}.gz && mv {archive}.gz {archive}"), Ct)).Succeeded();
        }

        (await ToolProcess.RunAsync(new ToolCommand("chmod", "-R", "a+rX", folder.Path), Ct)).Succeeded();
        // What comes second is there already.
        await scene.SqlAsync(Cluster, "orders", "DROP TABLE items", Ct);
        var job = Job(scene, folder, "orders.dump", decompress) with { RestoreJobs = 1 };

        await api.CreateAsync(ResourceTypes.Jobs, scene.Namespace.Name, job.ToManifest(), WriteOptions.Default, Ct);
        await scene.Namespace.WaitAsync("Failed", "job/load", Ct);

        Assert.Contains("relation \"late\" already exists", await scene.Namespace.KubectlAsync(Ct, "logs", "job/load"), StringComparison.Ordinal);
        Assert.Equal("0", await scene.SqlAsync(Cluster, "orders", "SELECT count(*) FROM pg_tables WHERE tablename = 'items'", Ct));
    }

    [Fact]
    public async Task The_api_server_takes_the_manifest_with_every_kind_of_volume()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        DumpVolume[] volumes = [new DumpVolume.Nfs("nas.lan", "/volume1/backups"), new DumpVolume.Claim("dumps"), new DumpVolume.HostPath("/srv/dumps")];
        foreach (var volume in volumes)
        {
            var job = new PsqlJob
            {
                Name = "load", Namespace = scene.Namespace, Image = "postgres:17", Volume = volume, File = "last/orders.sql", Decompress = "cat", Host = "orders-rw", Database = "orders",
                Secret = "orders-app", SingleTransaction = false, Node = volume is DumpVolume.Claim ? "node-a" : null,
            };

            var checkedJob = await scene.Api.CreateAsync(ResourceTypes.Jobs, scene.Namespace, job.ToManifest(), new WriteOptions(DryRun: true), Ct);

            Assert.Equal(0, checkedJob["spec"]!["backoffLimit"]!.GetValue<int>());
            // A load of a day is not cut.
            Assert.Null(checkedJob["spec"]!["activeDeadlineSeconds"]);
            Assert.Equal(volume is DumpVolume.Claim, checkedJob["spec"]!["template"]!["spec"]!["affinity"] is not null);
        }
    }

    private async Task<ClusterScene> HealthyAsync()
    {
        var scene = await ClusterScene.CreateAsync(bed, Ct);
        await scene.Namespace.ApplyAsync(scene.Manifests.Initdb(Cluster, Cluster), Ct);
        await scene.HealthyAsync(Cluster, Ct);
        return scene;
    }

    private static PsqlJob Job(ClusterScene scene, TemporaryFolder folder, string file, string decompress) => new()
    {
        Name = "load",
        Namespace = scene.Namespace.Name,
        Image = KubernetesServer.Image,
        ImagePullPolicy = "Never",
        Volume = new DumpVolume.HostPath(folder.Path),
        File = file,
        Decompress = decompress,
        Host = $"{Cluster}-rw",
        Database = "orders",
        Secret = $"{Cluster}-app",
    };

    private static async Task<string> SecretAsync(ClusterScene scene, string key) =>
        Encoding.UTF8.GetString(Convert.FromBase64String((await scene.FindAsync($"secret/{Cluster}-app", Ct))!["data"]![key]!.GetValue<string>()));

    private static ToolCommand Psql(PodTunnel? tunnel, string password, string script, int port = 0) =>
        new("bash", "-c", script.Replace("psql ", $"{TestEnvironment.PostgresPrograms}/psql ", StringComparison.Ordinal))
        {
            Environment = new Dictionary<string, string>
            {
                ["PGHOST"] = "127.0.0.1", ["PGPORT"] = (tunnel?.Port ?? port).ToString(CultureInfo.InvariantCulture), ["PGUSER"] = "orders", ["PGDATABASE"] = "orders", ["PGPASSWORD"] = password,
            },
        };

    /// <summary>As postgres-backup-local leaves it, for another user to read.</summary>
    private static async Task WriteAsync(TemporaryFolder folder, string end)
    {
        var text = new StringBuilder("SET standard_conforming_strings = on;\nCREATE TABLE items (id integer PRIMARY KEY);\nCOPY items (id) FROM stdin;\n");
        text.AppendJoin('\n', Enumerable.Range(1, 1000)).Append("\n\\.\n").Append(end);
        var script = $"gzip > {folder.Path}/orders-latest.sql.gz && chmod 755 {folder.Path} && chmod 644 {folder.Path}/orders-latest.sql.gz";
        (await ToolProcess.RunAsync(new ToolCommand("bash", "-c", script) { Input = text.ToString() }, Ct)).Succeeded();
    }
}
