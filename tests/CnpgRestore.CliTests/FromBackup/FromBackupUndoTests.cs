using System.Text.Json;
using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>A run that found no Cluster can be taken back until its end.</summary>
public sealed class FromBackupUndoTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_cluster_is_gone_again_and_its_folder_and_its_manifest_are_as_before()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        using var git = await GitFolder.CreateAsync(Ct);
        await git.CommitAsync("cluster.yaml", scene.Manifests.Initdb(RecoveryScene.Cluster, RecoveryScene.Cluster), Ct);
        var file = Path.Combine(git.Path, "cluster.yaml");
        var manifest = await File.ReadAllTextAsync(file, Ct);
        await scene.Clusters.Namespace.KubectlAsync(Ct, "delete", "cluster", RecoveryScene.Cluster);
        await scene.Clusters.UntilAsync("pods,pvc", items => items!["items"]!.AsArray().Count == 0, Ct);
        var before = await scene.KeysAsync(RecoveryScene.Cluster);
        Assert.Null(await KilledRun.AtAsync(
            scene.Command(["from-backup", RecoveryScene.Cluster, "--yes", "-f", file, "--apply", "git", "--lineage", "move"]), KillMoment.Begun("recover")));
        Assert.NotNull(await scene.UidAsync());
        Assert.NotEqual(manifest, await File.ReadAllTextAsync(file, Ct));

        var elsewhere = await ToolProcess.RunAsync(scene.Command(["runs", "list", "-o", "json"], Path.Combine(scene.Folder, "another-machine")), Ct);
        var here = await scene.RunAsync("runs", "list");
        var dry = await scene.RunAsync("runs", "undo", scene.LastRun(), "--dry-run");
        var unasked = await scene.RunAsync("runs", "undo", scene.LastRun());
        Assert.NotNull(await scene.UidAsync());
        Assert.NotEqual(manifest, await File.ReadAllTextAsync(file, Ct));
        Assert.Null(await scene.Clusters.FindAsync($"lease/cnpg-restore-{RecoveryScene.Cluster}", Ct));
        var undo = await scene.RunAsync("runs", "undo", scene.LastRun(), "--yes");

        Assert.True(elsewhere.ExitCode == 0, elsewhere.Error);
        var listed = JsonDocument.Parse(elsewhere.Output).RootElement.GetProperty("runs")[0];
        Assert.Equal((scene.LastRun(), "cluster", "unfinished"), (listed.GetProperty("run").GetString(), listed.GetProperty("known_from").GetString(), listed.GetProperty("state").GetString()));
        Assert.False(Directory.Exists(Path.Combine(scene.Folder, "another-machine")));
        Assert.Matches($"{scene.LastRun()} .* both", here.Output);
        Assert.Single(here.Output.Split(scene.LastRun())[1..]);
        Assert.True(dry.ExitCode == 0, dry.Error);
        Assert.Contains($"back: delete cluster {RecoveryScene.Cluster} in namespace {scene.Namespace}, which it created; revert the commit ", dry.Output, StringComparison.Ordinal);
        Assert.Contains($"rename {RecoveryScene.Cluster}-backup/ to {RecoveryScene.Cluster}/", dry.Output, StringComparison.Ordinal);
        Assert.Contains("delete the Cluster that this run created (removes data)", dry.Output, StringComparison.Ordinal);
        Assert.Equal(15, unasked.ExitCode);
        Assert.Contains("the plan is not confirmed; nothing was changed", unasked.Error, StringComparison.Ordinal);
        Assert.True(undo.ExitCode == 0, undo.Output + undo.Error);
        Assert.Null(await scene.UidAsync());
        Assert.Empty((await scene.Clusters.FindAsync("pods,pvc", Ct))!["items"]!.AsArray());
        Assert.Equal(before, await scene.KeysAsync(RecoveryScene.Cluster));
        Assert.Empty(await scene.KeysAsync($"{RecoveryScene.Cluster}-backup"));
        Assert.Equal(manifest, await File.ReadAllTextAsync(file, Ct));
        Assert.Equal("", (await git.GitAsync(Ct, "status", "--porcelain")).Trim());
        Assert.StartsWith("Revert", await git.GitAsync(Ct, "log", "-1", "--format=%s"), StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();
    }
}
