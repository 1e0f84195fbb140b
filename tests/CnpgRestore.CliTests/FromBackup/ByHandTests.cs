using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary><c>--apply none</c>, and a limit of time: the run stops where somebody else has to act, and goes on.</summary>
public sealed class ByHandTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("new")]
    [InlineData("move")]
    public async Task The_manifest_is_written_and_the_run_goes_on_when_it_is_applied(string lineage)
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        var file = Path.Combine(scene.Folder, "cluster.yaml");
        var text = "# ours\n" + scene.Manifests.Initdb(RecoveryScene.Cluster, RecoveryScene.Cluster);
        await File.WriteAllTextAsync(file, text, Ct);
        await File.WriteAllTextAsync($"{file}.before", "of a run before", Ct);

        var written = await scene.RecoverAsync("-f", file, "--apply", "none", "--lineage", lineage);

        Assert.Equal(20, written.ExitCode);
        Assert.Contains("is written and waits to be applied", written.Error, StringComparison.Ordinal);
        Assert.Null(await scene.UidAsync());
        Assert.Equal(text, await File.ReadAllTextAsync($"{file}.before", Ct));
        Assert.Equal("of a run before", await File.ReadAllTextAsync($"{file}.before.1", Ct));
        Assert.StartsWith("# ours\n", await File.ReadAllTextAsync(file, Ct), StringComparison.Ordinal);
        await scene.Clusters.Namespace.KubectlAsync(Ct, "apply", "-f", file);

        var result = await scene.RunAsync("runs", "resume", scene.LastRun(), "--yes");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_run_that_takes_too_long_stops_and_goes_on()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();

        var late = await scene.RecoverAsync("--timeout", "2s");

        Assert.Equal(20, late.ExitCode);
        Assert.Contains("did not end within --timeout", late.Error, StringComparison.Ordinal);

        var result = await scene.RunAsync("runs", "resume", scene.LastRun(), "--yes", "--timeout", "10m");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
    }
}
