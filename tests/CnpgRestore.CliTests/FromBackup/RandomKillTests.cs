using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>Killed (SIGKILL) at moments that nobody chose, on two machines by turns, a recovery reaches the same end.</summary>
public sealed class RandomKillTests(TestBed bed)
{
    private const int Kills = 12;

    // A recovery takes longer than this many times the longest wait.
    private const int FewestKills = 3;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("move")]
    [InlineData("new")]
    public async Task Killed_at_random_moments_the_same_command_finishes(string lineage)
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        var seed = Random.Shared.Next();
        TestContext.Current.AddWarning($"seed {seed}");
        var random = new Random(seed);
        var killed = 0;
        for (var turn = 0; turn < Kills; turn++)
        {
            await using var running = ToolProcess.Start(Command(turn));
            var ending = running.WaitAsync(Ct);
            if (await Task.WhenAny(ending, Task.Delay(Longest * random.NextDouble(), Ct)) == ending)
            {
                var ended = await ending;
                Assert.True(ended.ExitCode == 0, $"seed {seed}\n{ended.Output}{ended.Error}");
                break;
            }

            running.Kill();
            await ending;
            killed++;
        }

        Assert.True(killed >= FewestKills, $"seed {seed}: the run had ended after {killed} kills");
        var result = await ToolProcess.RunAsync(Command(Kills), Ct);

        Assert.True(result.ExitCode == 0, $"seed {seed}\n{result.Output}{result.Error}");
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        await scene.AssertNothingIsLeftAsync();

        ToolCommand Command(int turn) =>
            scene.Command(["from-backup", RecoveryScene.Cluster, "--yes", "--lineage", lineage], Path.Combine(scene.Folder, $"machine-{turn % 2}"));
    }
}
