using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>Killed after every step, from another machine each time, a recovery reaches the same end.</summary>
public sealed class FromBackupKillTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_after_each_step_the_same_command_finishes()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        string[] steps = ["record", "stop-cluster", "copy-data", "prove", "remove-source", "create-cluster", "recover", "prove-data"];
        for (var index = 0; index < steps.Length; index++)
        {
            // Another machine each time: only what is in the cluster and the bucket tells the next one what is done.
            var command = scene.Command(["from-backup", RecoveryScene.Cluster, "--yes", "--lineage", "move"], Path.Combine(scene.Folder, $"machine-{index}"));
            Assert.Null(await KilledRun.AtAsync(command, KillMoment.Recorded(steps[index])));
        }

        var run = (await scene.Clusters.FindAsync($"configmap/cnpg-restore-{RecoveryScene.Cluster}", Ct))!["data"]!["decision.json"]!.GetValue<string>();
        var name = System.Text.Json.JsonDocument.Parse(run).RootElement.GetProperty("run").GetString()!;

        var undo = await scene.RunAsync("runs", "undo", name, "--yes");
        Assert.Equal(15, undo.ExitCode);
        Assert.Contains("there is no way back", undo.Error, StringComparison.Ordinal);
        var result = await scene.RunAsync("runs", "resume", name, "--yes");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        Assert.Contains(await scene.KeysAsync("postgres-v17-backup"), key => key.EndsWith("/backup.info", StringComparison.Ordinal));
        await scene.AssertNothingIsLeftAsync();
        scene.AssertNoSecret(result, undo);
    }

    [Fact]
    public async Task A_second_run_is_refused_on_the_same_machine_and_on_another()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        await using var first = ToolProcess.Start(scene.Command(["from-backup", RecoveryScene.Cluster, "--yes"]));
        await scene.Clusters.UntilAsync($"lease/cnpg-restore-{RecoveryScene.Cluster}", item => item is not null, Ct);

        var here = await scene.RecoverAsync();
        var there = await ToolProcess.RunAsync(scene.Command(["from-backup", RecoveryScene.Cluster, "--yes"], Path.Combine(scene.Folder, "elsewhere")), Ct);

        Assert.Equal(11, here.ExitCode);
        Assert.Equal(11, there.ExitCode);
        Assert.Contains("another run holds cluster postgres-v17", there.Error, StringComparison.Ordinal);
        var result = await first.WaitAsync(Ct);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
    }
}
