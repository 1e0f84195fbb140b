using System.Text.Json;
using CnpgRestore.CliTests.FromBackup;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Advise;

/// <summary>A Cluster that lives, and the same one when it is gone: the first command that is advised is one that works.</summary>
public sealed class AdviseClusterTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_restored_that_lives_and_what_is_gone_comes_back_by_the_advised_command()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        var manifest = Path.Combine(scene.Folder, "cluster.yaml");
        await File.WriteAllTextAsync(manifest, scene.Manifests.Initdb(RecoveryScene.Cluster, RecoveryScene.Cluster), Ct);

        var alive = await scene.RunAsync("advise", RecoveryScene.Cluster);
        await scene.Clusters.Namespace.KubectlAsync(Ct, "delete", "cluster", RecoveryScene.Cluster);
        await scene.Clusters.UntilAsync("pods,pvc", items => items!["items"]!.AsArray().Count == 0, Ct);
        var bare = await scene.RunAsync("advise", RecoveryScene.Cluster);
        var gone = await scene.RunAsync("advise", RecoveryScene.Cluster, "-f", manifest, "-o", "json");

        Assert.True(alive.ExitCode == 0, alive.Error);
        Assert.StartsWith($"Nothing seems to need a restore: cluster {RecoveryScene.Cluster} is healthy.", alive.Output, StringComparison.Ordinal);
        Assert.Contains("--target-time", alive.Output, StringComparison.Ordinal);
        Assert.Equal(10, bare.ExitCode);
        Assert.Contains("add -f cluster.yaml, or -b s3://NAME", bare.Output, StringComparison.Ordinal);
        Assert.True(gone.ExitCode == 0, gone.Error);
        var advice = JsonDocument.Parse(gone.Output).RootElement;
        Assert.Equal(("from-backup", true), (advice.GetProperty("recommended").GetString(), advice.GetProperty("restore_needed").GetBoolean()));
        var commands = advice.GetProperty("ways")[0].GetProperty("commands").EnumerateArray().Select(command => command.GetProperty("command").GetString()!).ToList();
        var plan = await ToolProcess.RunAsync(NativeProgram.Command([.. commands[0].Split(' ').Skip(1)]) with { Environment = scene.Command([]).Environment }, Ct);
        Assert.True(plan.ExitCode == 0, $"{commands[0]}\n{plan.Error}");
        Assert.EndsWith(" --dry-run", commands[0], StringComparison.Ordinal);
        scene.AssertNoSecret(alive, bare, gone, plan);
    }
}
