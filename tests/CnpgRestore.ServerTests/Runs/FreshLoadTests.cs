using CnpgRestore.Plans.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>The load of a Cluster that is made new: what is live there is the empty database of initdb, to which nobody wants to go back.</summary>
public sealed class FreshLoadTests(OwnPostgres server) : IClassFixture<OwnPostgres>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_difference_is_told_and_does_not_keep_the_names_and_whoever_goes_on_finds_it_again()
    {
        await using var scene = await DumpScene.CreateAsync(server.Postgres);
        scene.IsFresh = true;
        using var folder = new TemporaryFolder("checks");
        scene.CheckSql = Path.Combine(folder.Path, "checks.sql");
        await File.WriteAllLinesAsync(scene.CheckSql, ["SELECT count(*) = 30000 FROM orders;", "SELECT count(*) = 7 FROM orders;"], Ct);

        var result = await scene.RestoreAsync(LoadEngine.Parallel);
        var restored = await scene.ContentAsync();
        var again = await scene.RestoreAsync(LoadEngine.Parallel);

        Assert.Equal(scene.Expected, restored);
        Assert.Equal(scene.Expected, await scene.ContentAsync());
        Assert.All([result.Verification, again.Verification], verification => Assert.Contains("gives false", Assert.Single(verification!.Differences).Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_is_found_by_its_namespace_goes_on_with_the_command_that_names_it()
    {
        await using var scene = await DumpScene.CreateAsync(server.Postgres);
        scene.IsFresh = true;
        scene.Proxy.On("RENAME TO", Times.First(1), PostgresFaults.CutBefore);

        var problem = await scene.StopAsync(LoadEngine.Parallel);

        Assert.EndsWith(" -n db", problem.Hint, StringComparison.Ordinal);
        await scene.HealAndFinishAsync(LoadEngine.Parallel);
    }
}
