using System.Text.Json;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>The bucket that a Cluster names, read with nothing but the Cluster or its manifest.</summary>
public sealed class BackupsOfClusterTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bucket_folder_and_Secret_come_from_the_live_Cluster()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();

        var list = await scene.RunAsync("backups", "list", "--cluster", RecoveryScene.Cluster, "-o", "json");
        var check = await scene.RunAsync("backups", "check", "--cluster", RecoveryScene.Cluster);
        var missing = await scene.RunAsync("backups", "list", "--cluster", "nobody");

        Assert.True(list.ExitCode == 0, list.Error);
        var backups = JsonDocument.Parse(list.Output).RootElement.GetProperty("backups");
        Assert.Equal(1, backups.GetArrayLength());
        Assert.True(check.ExitCode == 0, check.Error);
        Assert.Equal(10, missing.ExitCode);
        Assert.Contains("cluster nobody does not exist", missing.Error, StringComparison.Ordinal);
        scene.AssertNoSecret(list, check, missing);
    }

    [Fact]
    public async Task The_manifest_is_enough_when_Kubernetes_is_gone()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed, manifests =>
            Task.FromResult($"{manifests.ObjectStore()}\n---\n{ClusterManifests.PluginInitdb(RecoveryScene.Cluster, RecoveryScene.Cluster)}"));
        await scene.FillAsync("plugin");
        // As this machine reaches the store, not as pods do.
        var manifests = new ClusterManifests(scene.Clusters.S3.Endpoint, scene.Clusters.Bucket);
        var cluster = Path.Combine(scene.Folder, "a", "cluster.yaml");
        var store = Path.Combine(scene.Folder, "b", "objectstore.yaml");
        await WriteAsync(cluster, ClusterManifests.PluginInitdb(RecoveryScene.Cluster, RecoveryScene.Cluster));
        await WriteAsync(store, manifests.ObjectStore());

        var list = await ToolProcess.RunAsync(WithoutKubernetes(scene, "backups", "list", "-f", cluster, "-f", store, "-o", "json"), Ct);
        var half = await ToolProcess.RunAsync(WithoutKubernetes(scene, "backups", "list", "-f", cluster), Ct);

        Assert.True(list.ExitCode == 0, list.Error);
        var listed = JsonDocument.Parse(list.Output).RootElement;
        Assert.Equal(RecoveryScene.Cluster, listed.GetProperty("server").GetString());
        var taken = (await scene.Clusters.FindAsync("backup/nightly", Ct))!["status"]!["backupId"]!.GetValue<string>();
        Assert.Equal(taken, Assert.Single(listed.GetProperty("backups").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(10, half.ExitCode);
        Assert.Contains("ObjectStore store is in none of the files", half.Error, StringComparison.Ordinal);
    }

    private static ToolCommand WithoutKubernetes(RecoveryScene scene, params string[] arguments) => NativeProgram.Command(arguments) with
    {
        Environment = new Dictionary<string, string>
        {
            ["HOME"] = scene.Folder, ["KUBECONFIG"] = "/nowhere", ["AWS_ACCESS_KEY_ID"] = S3Server.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = S3Server.SecretKey, ["AWS_REGION"] = S3Server.Region,
        },
    };

    private static Task WriteAsync(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.WriteAllTextAsync(path, text, Ct);
    }
}
