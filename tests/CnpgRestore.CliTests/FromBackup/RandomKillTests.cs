using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>Killed (SIGKILL) at moments that nobody chose, on two machines by turns, a recovery reaches the same end.</summary>
public sealed class RandomKillTests(TestBed bed)
{
    private const int Kills = 12;

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
            // Short ones meet the plan and the first steps, long ones the recovery and what follows.
            await Task.WhenAny(running.WaitAsync(Ct), Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * random.NextDouble() * 12), Ct));
            if (running.HasExited)
            {
                break;
            }

            running.Kill();
            killed++;
        }

        Assert.True(killed > Kills / 2, $"seed {seed}: the run had ended before it was killed often enough");
        var result = await ToolProcess.RunAsync(Command(Kills), Ct);

        Assert.True(result.ExitCode == 0, $"seed {seed}\n{result.Output}{result.Error}");
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        await scene.AssertNothingIsLeftAsync();

        ToolCommand Command(int turn) =>
            scene.Command(["from-backup", RecoveryScene.Cluster, "--yes", "--lineage", lineage], Path.Combine(scene.Folder, $"machine-{turn % 2}"));
    }
}
