using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>With a real repository and a Flux that really applies what it says.</summary>
public sealed class GitOpsTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Git_gets_the_recovery_and_Flux_goes_on_with_it()
    {
        var (scene, git) = await GitOpsScene.CreateAsync(bed, Ct);
        await using var _ = scene;
        using var __ = git;
        await scene.FillAsync();
        var file = Path.Combine(git.Path, GitOpsScene.Manifest);

        var result = await scene.RecoverAsync("-f", file, "--apply", "git");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        Assert.False(await GitOpsScene.IsSuspendedAsync(scene, Ct));
        var text = await File.ReadAllTextAsync(file, Ct);
        Assert.Contains("\n    recovery:\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n    initdb:\n", text, StringComparison.Ordinal);
        Assert.Contains("name: ${CLUSTER}", text, StringComparison.Ordinal);
        Assert.Equal("", (await git.GitAsync(Ct, "status", "--porcelain")).Trim());
        Assert.Contains($"Recover {scene.Namespace}/postgres-v17 from postgres-v17", await git.GitAsync(Ct, "log", "-1", "--format=%B"), StringComparison.Ordinal);
        var uid = await scene.UidAsync();
        var head = (await git.GitAsync(Ct, "rev-parse", "HEAD")).Trim();
        await scene.Clusters.UntilAsync("kustomization/database", item => item!["status"]!["lastAppliedRevision"]!.GetValue<string>().EndsWith(head, StringComparison.Ordinal), Ct);
        Assert.Equal(uid, await scene.UidAsync());
        await scene.AssertNothingIsLeftAsync();
        scene.AssertNoSecret(result);
    }

    [Fact]
    public async Task A_branch_without_upstream_is_not_pushed_to_and_GitOps_waits_for_whoever_does()
    {
        var (scene, git) = await GitOpsScene.CreateAsync(bed, Ct);
        await using var _ = scene;
        using var __ = git;
        await scene.FillAsync();
        var uid = await scene.UidAsync();
        var remote = Path.Combine(scene.Folder, "remote.git");
        await git.GitAsync(Ct, "init", "--quiet", "--bare", remote);
        await git.GitAsync(Ct, "remote", "add", "origin", remote);
        string[] options = ["-f", Path.Combine(git.Path, GitOpsScene.Manifest), "--apply", "git"];

        var refused = await scene.RecoverAsync([.. options, "--push"]);

        Assert.True(refused.ExitCode == 15, refused.Output + refused.Error);
        Assert.Contains("has no upstream, so --push has nowhere to push to", refused.Error, StringComparison.Ordinal);
        Assert.Equal(uid, await scene.UidAsync());

        var stopped = await scene.RecoverAsync(options);

        Assert.True(stopped.ExitCode == 20, stopped.Output + stopped.Error);
        Assert.Contains("the commit is not pushed, so GitOps stays suspended", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("git push -u origin main, then: cnpg-restore runs resume", stopped.Error, StringComparison.Ordinal);
        Assert.True(await GitOpsScene.IsSuspendedAsync(scene, Ct));
        await git.GitAsync(Ct, "push", "--quiet", "-u", "origin", "main");

        var result = await scene.RecoverAsync(options);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.False(await GitOpsScene.IsSuspendedAsync(scene, Ct));
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_cluster_that_is_gone_comes_back_from_the_bucket_and_the_manifest()
    {
        var (scene, git) = await GitOpsScene.CreateAsync(bed, Ct);
        await using var _ = scene;
        using var __ = git;
        await scene.FillAsync();
        await scene.Clusters.Namespace.KubectlAsync(Ct, "delete", "kustomization", "database");
        await scene.Clusters.Namespace.KubectlAsync(Ct, "delete", "cluster", RecoveryScene.Cluster);
        await scene.Clusters.UntilAsync("pods,pvc", items => items!["items"]!.AsArray().Count == 0, Ct);

        var result = await scene.RecoverAsync("-f", Path.Combine(git.Path, GitOpsScene.Manifest), "--lineage", "move");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        Assert.Contains(await scene.KeysAsync("postgres-v17-backup"), key => key.EndsWith("/backup.info", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Flux_that_resumes_itself_is_noticed_before_anything_is_deleted_and_undo_puts_all_back()
    {
        var (scene, git) = await GitOpsScene.CreateAsync(bed, Ct);
        await using var _ = scene;
        using var __ = git;
        await scene.FillAsync();
        var uid = await scene.UidAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var resuming = KeepResumingAsync(scene, end.Token);

        var result = await scene.RecoverAsync();

        await end.CancelAsync();
        await resuming;
        Assert.Equal(20, result.ExitCode);
        Assert.Contains("Kustomization", result.Error, StringComparison.Ordinal);
        Assert.Contains("is no longer suspended", result.Error, StringComparison.Ordinal);
        Assert.Equal(uid, await scene.UidAsync());
        var run = scene.LastRun();

        var undone = await scene.RunAsync("runs", "undo", run, "--yes");

        Assert.True(undone.ExitCode == 0, undone.Output + undone.Error);
        Assert.Equal(uid, await scene.UidAsync());
        Assert.False(await GitOpsScene.IsSuspendedAsync(scene, Ct));
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        await scene.AssertNothingIsLeftAsync();
        Assert.Equal(10, (await scene.RunAsync("runs", "undo", run, "--yes")).ExitCode);
    }

    /// <summary>Somebody, or something, who sets the Kustomization going whenever it is suspended.</summary>
    private static async Task KeepResumingAsync(RecoveryScene scene, CancellationToken ct)
    {
        // Not by kubectl, which takes longer to start on a busy machine than the program waits.
        using var api = scene.Clusters.Namespace.Connect();
        var owner = new ObjectReference(ResourceTypes.Kustomizations, scene.Namespace, "database");
        try
        {
            while (true)
            {
                if (await api.GetAsync(owner, ct) is { } item && GitOpsSuspension.IsSuspended(owner.Type, item))
                {
                    await api.MergePatchAsync(owner, new JsonObject { ["spec"] = new JsonObject { ["suspend"] = false } }, WriteOptions.Default, ct);
                }

                await Task.Delay(50, ct);
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }
}
