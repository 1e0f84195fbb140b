using CnpgRestore.CliTests.Apps;
using CnpgRestore.CliTests.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>The database of a Cluster that comes back from a dump while its applications stand still, killed.</summary>
sealed class FromDumpClusterKill(AppsScene scene, string dump, string strategy) : KillScene
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<KillScene> CreateAsync(TestBed bed, string strategy)
    {
        var scene = await AppsScene.CreateAsync(bed);
        var dump = await ClusterDump.MakeAsync(scene);
        await ClusterDump.SpoilAsync(scene);
        await scene.StartAppsAsync();
        return new FromDumpClusterKill(scene, dump, strategy);
    }

    public override ToolCommand Begin(string state) => scene.Command(["from-dump", AppsScene.Cluster, "--local", dump, "--strategy", strategy, "--yes"], state);

    public override async Task<string> WorldAsync()
    {
        await scene.SessionsAsync(6);
        await scene.AssertNothingIsLeftAsync();
        var databases = await scene.Clusters.SqlAsync(AppsScene.Cluster, "postgres", "SELECT count(*) FROM pg_database WHERE datname LIKE 'orders%'", Ct);
        return $"{await ClusterDump.CountAsync(scene)} rows, {databases} databases, {await scene.CountsAsync()}";
    }

    public override ValueTask DisposeAsync() => scene.DisposeAsync();
}
