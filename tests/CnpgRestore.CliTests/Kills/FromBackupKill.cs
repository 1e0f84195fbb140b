using CnpgRestore.CliTests.FromBackup;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>The recovery of a Cluster, killed.</summary>
/// <param name="kept">Every object of the former folder when the run begins.</param>
sealed class FromBackupKill(RecoveryScene scene, string lineage, SortedDictionary<string, string> kept) : KillScene
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<KillScene> CreateAsync(TestBed bed, string lineage)
    {
        var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        return new FromBackupKill(scene, lineage, await scene.Clusters.S3.ETagsAsync(scene.Clusters.Folder(RecoveryScene.Cluster), Ct));
    }

    public override ToolCommand Begin(string state) => scene.Command(["from-backup", RecoveryScene.Cluster, "--yes", "--lineage", lineage], state);

    /// <summary>By its name where the cluster knows one: the same command would begin a second recovery once the first has ended.</summary>
    public override async Task<ToolCommand> AgainAsync(string state)
    {
        var record = await scene.Clusters.FindAsync($"configmap/cnpg-restore-{RecoveryScene.Cluster}", Ct);
        var decision = record is null ? null : System.Text.Json.JsonDocument.Parse(record["data"]!["decision.json"]!.GetValue<string>());
        return decision is null ? Begin(state) : scene.Command(["runs", "resume", decision.RootElement.GetProperty("run").GetString()!, "--yes"], state);
    }

    /// <summary>Each object is where it was or where it is moved to.</summary>
    public override async Task AssertSafeAsync() => Assert.Empty(await LostAsync());

    public override async Task<string> WorldAsync()
    {
        await scene.AssertNothingIsLeftAsync();
        var servers = (await scene.Clusters.S3.ListAsync(new S3Folder(scene.Clusters.Bucket, ""), Ct))
            .Where(item => item.Key.EndsWith("/backup.info", StringComparison.Ordinal)).Select(item => item.Key.Split('/')[0]).Distinct().Count();
        return $"{await scene.CountAsync()} rows, {(await LostAsync()).Count} objects lost, base backups in {servers} folders";
    }

    public override ValueTask DisposeAsync() => scene.DisposeAsync();

    private async Task<IReadOnlyList<string>> LostAsync()
    {
        var present = (await scene.Clusters.S3.ListAsync(new S3Folder(scene.Clusters.Bucket, ""), Ct))
            .Select(item => (Key: item.Key[(item.Key.IndexOf('/', StringComparison.Ordinal) + 1)..], item.ETag)).ToHashSet();
        return [.. kept.Where(item => !present.Contains((item.Key, item.Value))).Select(item => item.Key)];
    }
}
