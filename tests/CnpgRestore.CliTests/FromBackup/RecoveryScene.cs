using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>
/// A Cluster <c>postgres-v17</c> on a real Kubernetes, with rows, two base backups and WAL in a real bucket, and the native program as a person
/// would run it: with a kubeconfig and nothing else.
/// </summary>
sealed class RecoveryScene : IAsyncDisposable
{
    public const string Cluster = "postgres-v17";

    /// <summary>Rows of the table <c>items</c> when the last of them is archived.</summary>
    public const int Rows = 1500;

    private readonly TemporaryFolder _folder = new("recovery");

    private RecoveryScene(ClusterScene clusters) => Clusters = clusters;

    public ClusterScene Clusters { get; }

    public string Namespace => Clusters.Namespace.Name;

    /// <summary>For files of the test.</summary>
    public string Folder => _folder.Path;

    /// <summary>Journals and locks of this machine.</summary>
    public string State => Path.Combine(_folder.Path, "state");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="manifest">Of the Cluster; the usual one where it is left out.</param>
    public static async Task<RecoveryScene> CreateAsync(TestBed bed, Func<ClusterManifests, Task<string>>? manifest = null)
    {
        _ = NativeProgram.Path;
        var scene = new RecoveryScene(await ClusterScene.CreateAsync(bed, Ct));
        await scene.Clusters.Namespace.ApplyAsync(manifest is null ? scene.Manifests.Initdb(Cluster, Cluster) : await manifest(scene.Manifests), Ct);
        await scene.Clusters.HealthyAsync(Cluster, Ct);
        return scene;
    }

    public ClusterManifests Manifests => Clusters.Manifests;

    /// <summary>A thousand rows, a base backup, five hundred more, all archived.</summary>
    public async Task FillAsync(string method = "barmanObjectStore")
    {
        await SqlAsync("CREATE TABLE items AS SELECT n, md5(n::text) AS text FROM generate_series(1, 1000) n");
        await Clusters.Namespace.ApplyAsync(ClusterManifests.Backup("nightly", Cluster, method), Ct);
        await Clusters.UntilAsync("backup/nightly", item => item?["status"]?["phase"]?.GetValue<string>() == "completed", Ct);
        await SqlAsync("INSERT INTO items SELECT n, md5(n::text) FROM generate_series(1001, 1500) n");
        await Clusters.ArchiveAsync(Cluster, Ct);
    }

    public Task<string> SqlAsync(string sql) => Clusters.SqlAsync(Cluster, "orders", sql, Ct);

    public Task<string> CountAsync() => SqlAsync("SELECT count(*) FROM items WHERE text = md5(n::text)");

    public ToolCommand Command(IEnumerable<string> arguments, string? state = null) => NativeProgram.Command([.. arguments, "-n", Namespace]) with
    {
        Environment = new Dictionary<string, string> { ["KUBECONFIG"] = Clusters.Namespace.Server.Kubeconfig, ["CNPG_RESTORE_STATE"] = state ?? State, ["HOME"] = _folder.Path },
        // Only a failing test waits so long; a base backup alone takes minutes where much else runs.
        Timeout = TimeSpan.FromMinutes(15),
    };

    public Task<ToolResult> RunAsync(params string[] arguments) => ToolProcess.RunAsync(Command(arguments), Ct);

    /// <summary><c>from-backup postgres-v17</c> with all consents.</summary>
    public Task<ToolResult> RecoverAsync(params string[] options) => RunAsync(["from-backup", Cluster, "--yes", .. options]);

    /// <summary>The name of the only run of this machine.</summary>
    public string LastRun() => Path.GetFileNameWithoutExtension(Directory.GetFiles(Path.Combine(State, "runs")).Single());

    /// <summary>The Cluster's uid; null where there is none.</summary>
    public async Task<string?> UidAsync() => (await Clusters.FindAsync($"cluster/{Cluster}", Ct))?["metadata"]!["uid"]!.GetValue<string>();

    public async Task<IReadOnlyList<string>> KeysAsync(string server)
    {
        var folder = Clusters.Folder(server);
        return [.. (await Clusters.S3.ListAsync(folder, Ct)).Select(item => item.Key[folder.Prefix.Length..]).Order(StringComparer.Ordinal)];
    }

    /// <summary>A run leaves nothing in the cluster but the Cluster.</summary>
    public async Task AssertNothingIsLeftAsync()
    {
        Assert.Null(await Clusters.FindAsync($"configmap/cnpg-restore-{Cluster}", Ct));
        Assert.Null(await Clusters.FindAsync($"lease/cnpg-restore-{Cluster}", Ct));
    }

    /// <summary>The credentials of the bucket are nowhere in what a run prints and writes.</summary>
    public void AssertNoSecret(params ToolResult[] results)
    {
        var written = Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllText);
        Assert.All(results.SelectMany(result => (string[])[result.Command, result.Output, result.Error]).Concat(written), text =>
            Assert.DoesNotContain(S3Server.SecretKey, text, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await Clusters.DisposeAsync();
        _folder.Dispose();
    }
}
