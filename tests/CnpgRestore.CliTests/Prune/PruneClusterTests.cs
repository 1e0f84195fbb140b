using System.Text.Json.Nodes;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Prune;

/// <summary>What Clusters on a real API server, manifests and unfinished runs have to say about a folder that is to go.</summary>
public sealed class PruneClusterTests(TestBed bed) : IAsyncLifetime
{
    private PruneScene _scene = null!;
    private KubernetesNamespace _namespace = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Manifests name the store as this machine reaches it: there are no pods here.
    private ClusterManifests Manifests => new(_scene.S3.Endpoint, _scene.Bucket);

    public async ValueTask InitializeAsync()
    {
        _scene = await PruneScene.CreateAsync(bed, strays: 0);
        _namespace = await (await bed.KubernetesApiAsync(Ct)).CreateNamespaceAsync(Ct);
        await _namespace.ApplyAsync(ClusterManifests.Credentials, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _namespace.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task The_folder_of_a_live_Cluster_is_refused_by_everything_that_speaks_for_it()
    {
        await _namespace.ApplyAsync(Manifests.Initdb("orders", PruneScene.Old), Ct);

        await AssertRefusedAsync(
            ["--cluster", "orders"], "2 things stand in the way", $"cluster orders in namespace {_namespace.Name} archives to {PruneScene.Old}/", "cannot replace itself");
        await AssertRefusedAsync(["--cluster", "orders", "--replaced-by", PruneScene.New], $"cluster orders in namespace {_namespace.Name} archives to {PruneScene.Old}/");
    }

    [Fact]
    public async Task A_recovery_source_is_refused_until_no_Cluster_names_it()
    {
        await _namespace.ApplyAsync(Manifests.Recovery("orders", PruneScene.Old, PruneScene.New), Ct);
        await AssertRefusedAsync(["--cluster", "orders"], $"recovers from {PruneScene.Old}/, in spec.externalClusters", $"kubectl edit cluster -n {_namespace.Name} orders");

        await _namespace.KubectlAsync(Ct, "delete", "cluster", "orders");
        await _namespace.ApplyAsync(Manifests.Initdb("orders", PruneScene.New), Ct);
        var result = await RunAsync("--cluster", "orders");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("Kubernetes was not asked", result.Error, StringComparison.Ordinal);
        Assert.Empty(await _scene.OldAsync());
    }

    [Fact]
    public async Task The_plugin_and_another_Cluster_of_another_namespace_are_understood()
    {
        await _namespace.ApplyAsync(Manifests.Initdb("orders", PruneScene.New), Ct);
        await using var other = await _namespace.Server.CreateNamespaceAsync(Ct);
        await other.ApplyAsync($"{Manifests.ObjectStore()}\n---\n{ClusterManifests.PluginRecovery("copy", PruneScene.Old, "copy")}", Ct);

        await AssertRefusedAsync(["--cluster", "orders"], $"cluster copy in namespace {other.Name} recovers from {PruneScene.Old}/");
    }

    [Fact]
    public async Task A_Cluster_of_another_bucket_says_nothing_about_this_one()
    {
        await _namespace.ApplyAsync(Manifests.Initdb("orders", PruneScene.New), Ct);
        await _namespace.ApplyAsync((Manifests with { Bucket = "elsewhere" }).Initdb("other", PruneScene.Old), Ct);

        var result = await RunAsync("--cluster", "orders", "--dry-run");

        Assert.True(result.ExitCode == 0, result.Error);
    }

    [Fact]
    public async Task A_recovery_that_is_not_finished_keeps_its_folder()
    {
        await _namespace.ApplyAsync(Manifests.Initdb("orders", PruneScene.New), Ct);
        var cluster = JsonNode.Parse(await _namespace.KubectlAsync(Ct, "get", "cluster", "orders", "--output", "json"));
        var decision = new JsonObject
        {
            ["run"] = "20261122t140000z-from-backup-4f2a", ["cluster"] = "lost", ["namespace"] = _namespace.Name, ["lineage"] = "New", ["source"] = PruneScene.Old, ["archive"] = "lost-2",
            ["target"] = "latest", ["backup_id"] = "20261122T175234", ["system_id"] = PruneFolders.SystemIdentifier, ["apply"] = "Api", ["host"] = "elsewhere",
        };
        await _namespace.ApplyAsync(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["metadata"] = new JsonObject { ["name"] = "cnpg-restore-lost", ["labels"] = new JsonObject { ["app.kubernetes.io/managed-by"] = "cnpg-restore" } },
                ["data"] = new JsonObject { ["decision.json"] = decision.ToJsonString(), ["cluster.json"] = cluster!.ToJsonString() },
            }.ToJsonString(),
            Ct);

        await AssertRefusedAsync(["--cluster", "orders"], "run 20261122t140000z-from-backup-4f2a of cluster lost is not finished", "cnpg-restore runs resume");
    }

    [Fact]
    public async Task A_manifest_speaks_for_its_Cluster_when_Kubernetes_is_gone()
    {
        using var folder = new TemporaryFolder("manifest");
        var manifest = Path.Combine(folder.Path, "cluster.yaml");
        await File.WriteAllTextAsync(manifest, Manifests.Recovery("orders", PruneScene.Old, PruneScene.New), Ct);
        await AssertRefusedAsync(["-f", manifest], $"manifest of cluster orders recovers from {PruneScene.Old}/");

        await File.WriteAllTextAsync(manifest, Manifests.Initdb("orders", PruneScene.New), Ct);
        var result = await RunAsync("-f", manifest);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Empty(await _scene.OldAsync());
    }

    private async Task AssertRefusedAsync(string[] options, params string[] words)
    {
        var before = await _scene.EverythingAsync();

        var result = await RunAsync(options);

        Assert.True(result.ExitCode == 15, $"exit code {result.ExitCode}\n{result.Output}{result.Error}");
        Assert.All(words, word => Assert.Contains(word, result.Error, StringComparison.Ordinal));
        Assert.Equal(before, await _scene.EverythingAsync());
    }

    private Task<ToolResult> RunAsync(params string[] options)
    {
        var command = _scene.Command(_scene.State, [PruneScene.Old, "--idle-for", "1s", "--yes", "-n", _namespace.Name, .. options]);
        var environment = command.Environment.Where(variable => variable.Key != "CNPG_RESTORE_BUCKET").ToDictionary();
        environment["KUBECONFIG"] = _namespace.Server.Kubeconfig;
        return ToolProcess.RunAsync(command with { Environment = environment }, Ct);
    }
}
