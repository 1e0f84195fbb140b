using CnpgRestore.CliTests.Apps;
using CnpgRestore.CliTests.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>The database of a Cluster that comes back from a dump while its applications stand still, killed.</summary>
sealed class FromDumpClusterKill(AppsScene scene, string dump, string strategy) : KillScene
{
    private bool _wasOver;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<KillScene> CreateAsync(TestBed bed, string strategy)
    {
        var scene = await AppsScene.CreateAsync(bed);
        var dump = strategy == "append" ? await EmptyWithDumpAsync(scene) : await ClusterDump.MakeAsync(scene);
        await (strategy == "append" ? Task.CompletedTask : ClusterDump.SpoilAsync(scene));
        await scene.StartAppsAsync();
        return new FromDumpClusterKill(scene, dump, strategy);
    }

    /// <summary>Nothing between a kill and the next run is half loaded.</summary>
    public override async Task AssertSafeAsync()
    {
        if (strategy is "append" or "clean")
        {
            var former = strategy == "append" ? 0 : ClusterDump.Rows - (ClusterDump.Rows / 3);
            Assert.Contains(await ClusterDump.CountAsync(scene), (string[])[$"{former}", $"{ClusterDump.Rows}"]);
        }
    }

    public override ToolCommand Begin(string state) => scene.Command(["from-dump", AppsScene.Cluster, "--local", dump, "--strategy", strategy, "--yes"], state);

    public override bool WasOver(string state) => _wasOver = Directory.Exists(Path.Combine(state, "runs"))
        && Directory.EnumerateFiles(Path.Combine(state, "runs"), "*-from-dump-*").Max(StringComparer.Ordinal) is { } journal
        && File.ReadAllText(journal).Contains("\"run_finished\"", StringComparison.Ordinal);

    public override async Task<string> WorldAsync()
    {
        await scene.SessionsAsync(6);
        await (_wasOver ? scene.AssertNoNoteIsLeftAsync() : scene.AssertNothingIsLeftAsync());
        // Without the time in their names: orders_before_20261130t050000.
        var databases = await scene.Clusters.SqlAsync(
            AppsScene.Cluster, "postgres", "SELECT string_agg(regexp_replace(datname, '[0-9].*', ''), ' ' ORDER BY datname) FROM pg_database WHERE datname LIKE 'orders%'", Ct);
        return $"{await ClusterDump.CountAsync(scene)} rows, databases {databases}, {await scene.CountsAsync()}";
    }

    public override ValueTask DisposeAsync() => scene.DisposeAsync();

    /// <summary>A dump of the rows alone, and a table without rows and without the key that would refuse to have them twice.</summary>
    private static async Task<string> EmptyWithDumpAsync(AppsScene scene)
    {
        await ClusterDump.FillAsync(scene);
        var dump = await ClusterDump.WriteAsync(scene, "pg_dump", "--data-only", "-d", "orders", "-t", "items");
        await scene.Clusters.SqlAsync(AppsScene.Cluster, "orders", "ALTER TABLE items DROP CONSTRAINT items_pkey; TRUNCATE items", Ct);
        return dump;
    }
}
