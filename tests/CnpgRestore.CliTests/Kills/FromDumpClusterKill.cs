using CnpgRestore.CliTests.Apps;
using CnpgRestore.CliTests.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>The database of a Cluster that comes back from a dump while its applications stand still, killed.</summary>
sealed class FromDumpClusterKill(AppsScene scene, string dump) : KillScene
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<KillScene> CreateAsync(TestBed bed)
    {
        var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterTests.DumpAsync(scene);
        await ClusterTests.SpoilAsync(scene);
        await scene.StartAppsAsync();
        return new FromDumpClusterKill(scene, dump);
    }

    public override ToolCommand Begin(string state) => scene.Command(["from-dump", AppsScene.Cluster, "--local", dump, "--yes"], state);

    public override async Task<string> WorldAsync()
    {
        await scene.SessionsAsync(6);
        await scene.AssertNothingIsLeftAsync();
        var databases = await scene.Clusters.SqlAsync(AppsScene.Cluster, "postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'orders%'", Ct);
        return $"{await ClusterTests.CountAsync(scene)} rows, {databases} databases, {await scene.CountsAsync()}";
    }

    public override ValueTask DisposeAsync() => scene.DisposeAsync();
}
