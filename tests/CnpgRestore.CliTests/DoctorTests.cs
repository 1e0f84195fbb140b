using System.Text.Json;
using CnpgRestore.CliTests.FromBackup;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>What <c>doctor</c> prints of a Cluster that lives; each thing that it can find is in the tests of the diagnosis.</summary>
public sealed class DoctorTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_healthy_cluster_is_shown_with_all_that_is_around_it()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        var archive = Path.Combine(scene.Folder, "postgres-v17.tar.gz");

        var told = await scene.RunAsync("doctor", RecoveryScene.Cluster, "-v", "--report", archive);

        Assert.True(told.ExitCode == 0, told.Output + told.Error);
        Assert.All(
            (string[])
            [
                $"cluster {RecoveryScene.Cluster}: Cluster in healthy state, 1 of 1 ready, primary {RecoveryScene.Cluster}-1", $"volume {RecoveryScene.Cluster}-1: Bound, 1Gi",
                $"pod {RecoveryScene.Cluster}-1: Running", $"{RecoveryScene.Cluster} in namespace {scene.Namespace}: healthy",
            ],
            words => Assert.Contains(words, told.Output, StringComparison.Ordinal));
        var json = JsonDocument.Parse((await scene.RunAsync("doctor", RecoveryScene.Cluster, "-o", "json")).Succeeded().Output).RootElement;
        Assert.Equal("healthy", json.GetProperty("state").GetString());
        var names = (await ToolProcess.RunAsync(new ToolCommand("tar", "-tzf", archive), Ct)).Succeeded().Output;
        Assert.Contains("findings.json", names, StringComparison.Ordinal);
        scene.AssertNoSecret(told);
    }

    [Fact]
    public async Task A_cluster_that_could_not_be_looked_at_is_not_called_healthy()
    {
        var told = await ToolProcess.RunAsync(NativeProgram.Command("doctor", "orders", "--kubeconfig", "/nowhere"), Ct);
        var json = await ToolProcess.RunAsync(NativeProgram.Command("doctor", "orders", "--kubeconfig", "/nowhere", "-o", "json"), Ct);

        Assert.Equal((13, 13), (told.ExitCode, json.ExitCode));
        Assert.EndsWith("orders in namespace default: unknown; 2 not read\n", told.Output, StringComparison.Ordinal);
        Assert.Equal("unknown", JsonDocument.Parse(json.Output).RootElement.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Without_Kubernetes_the_namespace_is_the_one_that_was_named_or_that_of_the_manifest()
    {
        using var folder = new TemporaryFolder("manifest");
        var file = Path.Combine(folder.Path, "cluster.yaml");
        await File.WriteAllTextAsync(file, "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: orders, namespace: web}\nspec: {instances: 1}\n", Ct);

        var named = await ToolProcess.RunAsync(NativeProgram.Command("doctor", "orders", "--kubeconfig", "/nowhere", "-n", "shop"), Ct);
        var written = await ToolProcess.RunAsync(NativeProgram.Command("doctor", "orders", "--kubeconfig", "/nowhere", "-f", file), Ct);

        Assert.Contains("orders in namespace shop: unknown", named.Output, StringComparison.Ordinal);
        Assert.Contains("orders in namespace web: unknown", written.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_from_here_is_told_as_such()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);

        var told = await scene.RunAsync("doctor", RecoveryScene.Cluster, "--endpoint", "http://127.0.0.1:1");

        Assert.True(told.ExitCode == 4, told.Output + told.Error);
        Assert.Contains("http://127.0.0.1:1", told.Output, StringComparison.Ordinal);
        Assert.Contains("id     endpoint-unreachable", told.Output, StringComparison.Ordinal);
    }
}
