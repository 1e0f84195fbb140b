using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>Every kind of recovery target but the time, which <see cref="LineageTests"/> has.</summary>
public sealed class TargetTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--target-lsn", "SELECT pg_current_wal_lsn()")]
    [InlineData("--target-name", "SELECT 'before' FROM pg_create_restore_point('before')")]
    [InlineData("--target-xid", "SELECT pg_current_xact_id()")]
    public async Task What_came_after_the_target_is_not_there(string option, string target)
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        var value = await scene.SqlAsync(target);
        await scene.SqlAsync("DELETE FROM items");
        await scene.Clusters.ArchiveAsync(RecoveryScene.Cluster, Ct);

        var result = await scene.RecoverAsync(option, value);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
    }

    [Fact]
    public async Task Immediate_ends_with_what_the_base_backup_holds()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();

        var result = await scene.RecoverAsync("--target-immediate");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal("1000", await scene.CountAsync());
    }
}
