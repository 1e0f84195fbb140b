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

    [Fact]
    public async Task A_run_that_goes_on_late_deletes_nothing_when_its_backup_is_gone_meanwhile()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        var uid = await scene.UidAsync();
        Assert.Null(await KilledRun.AtAsync(scene.Command(["from-backup", RecoveryScene.Cluster, "--yes"]), KillMoment.Recorded("record")));
        var run = scene.LastRun();
        // As retention would.
        foreach (var item in (await scene.Clusters.S3.ListAsync(scene.Clusters.Folder(RecoveryScene.Cluster), Ct)).Where(item => item.Key.EndsWith("/backup.info", StringComparison.Ordinal)))
        {
            await scene.Clusters.S3.Client.DeleteObjectAsync(scene.Clusters.Bucket, item.Key, Ct);
        }

        var late = await scene.RunAsync("runs", "resume", run, "--yes");
        var undone = await scene.RunAsync("runs", "undo", run, "--yes");

        Assert.True(late.ExitCode == 20, late.Output + late.Error);
        Assert.Contains($"the Cluster is not deleted: {RecoveryScene.Cluster}/ no longer holds what the plan was made with", late.Error, StringComparison.Ordinal);
        Assert.Contains($"cnpg-restore runs undo {run} -n {scene.Namespace}", late.Error, StringComparison.Ordinal);
        Assert.True(undone.ExitCode == 0, undone.Output + undone.Error);
        Assert.Equal(uid, await scene.UidAsync());
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        await scene.AssertNothingIsLeftAsync();
    }
}
