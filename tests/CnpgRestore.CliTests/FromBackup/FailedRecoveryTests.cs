using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>A recovery that fails in Kubernetes is told as soon as somebody knows, with its cause; mended, the same run ends it.</summary>
public sealed class FailedRecoveryTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_that_no_longer_fits_is_told_in_the_words_of_the_job_and_can_be_mended()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        await SetKeyAsync(scene, "somebody-has-rotated-it");

        // This machine has the new key, and the Secret of the namespace has not.
        var failed = await RunAsync(scene, "from-backup", RecoveryScene.Cluster);

        Assert.True(failed.ExitCode == 20, failed.Output + failed.Error);
        Assert.Contains($"the recovery of {RecoveryScene.Cluster} failed: Access denied", failed.Error, StringComparison.Ordinal);
        // The way back to the bucket is in it, too.
        Assert.Contains(
            $"cnpg-restore runs resume {scene.LastRun()} -n {scene.Namespace} -b s3://{scene.Clusters.Bucket} -e {scene.Clusters.S3.Endpoint}", failed.Error, StringComparison.Ordinal);
        await SetKeyAsync(scene, S3Server.SecretKey);
        var result = await RunAsync(scene, "runs", "resume", scene.LastRun());

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        await scene.AssertNothingIsLeftAsync();
        scene.AssertNoSecret(failed, result);
    }

    [Fact]
    public async Task A_cluster_that_somebody_deletes_meanwhile_is_told_and_made_again()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        var former = await scene.UidAsync();
        await using var running = ToolProcess.Start(scene.Command(["from-backup", RecoveryScene.Cluster, "--yes"]));
        await scene.Clusters.UntilAsync($"cluster/{RecoveryScene.Cluster}", item => item?["metadata"]!["uid"]!.GetValue<string>() is { } uid && uid != former, Ct);
        // The wait has begun when there is something to wait for.
        await scene.Clusters.UntilAsync("jobs", items => items!["items"]!.AsArray().Count > 0, Ct);

        await scene.Clusters.Namespace.KubectlAsync(Ct, "delete", "cluster", RecoveryScene.Cluster);
        var stopped = await running.WaitAsync(Ct);

        Assert.True(stopped.ExitCode == 20, stopped.Output + stopped.Error);
        Assert.Contains("was deleted during its recovery", stopped.Error, StringComparison.Ordinal);
        var result = await scene.RunAsync("runs", "resume", scene.LastRun(), "--yes");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_cluster_that_somebody_else_makes_meanwhile_is_not_taken_for_the_recovered_one()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        Assert.Null(await KilledRun.AtAsync(scene.Command(["from-backup", RecoveryScene.Cluster, "--yes"]), KillMoment.Recorded("stop-cluster")));
        await scene.Clusters.Namespace.ApplyAsync(scene.Manifests.Initdb(RecoveryScene.Cluster, "somebody-elses"), Ct);
        var stranger = await scene.UidAsync();

        var stopped = await scene.RunAsync("runs", "resume", scene.LastRun(), "--yes");

        Assert.True(stopped.ExitCode == 20, stopped.Output + stopped.Error);
        Assert.Contains("is not the one that the plan was made for", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(stranger, await scene.UidAsync());
        // There is no way back, and the hint is the way forward.
        Assert.Equal(15, (await scene.RunAsync("runs", "undo", scene.LastRun(), "--yes")).ExitCode);
        var printed = $"kubectl delete cluster -n {scene.Namespace} {RecoveryScene.Cluster}, then: cnpg-restore runs resume {scene.LastRun()} -n {scene.Namespace}";
        Assert.Contains(printed, stopped.Error, StringComparison.Ordinal);
        await scene.Clusters.Namespace.KubectlAsync(Ct, "delete", "cluster", RecoveryScene.Cluster);
        await scene.Clusters.UntilAsync("pods,pvc", items => items!["items"]!.AsArray().Count == 0, Ct);
        var result = await scene.RunAsync("runs", "resume", scene.LastRun(), "--yes");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
    }

    private static Task SetKeyAsync(RecoveryScene scene, string key) =>
        scene.Clusters.Namespace.KubectlAsync(Ct, "patch", "secret", "s3", "--patch", $$"""{"stringData": {"ACCESS_SECRET_KEY": "{{key}}"} }""");

    private static Task<ToolResult> RunAsync(RecoveryScene scene, params string[] arguments)
    {
        var command = scene.Command([.. arguments, "--yes", "-b", $"s3://{scene.Clusters.Bucket}", "-e", scene.Clusters.S3.Endpoint]);
        return ToolProcess.RunAsync(command with { Environment = new Dictionary<string, string>(command.Environment.Concat(S3Server.ClientEnvironment)) }, Ct);
    }
}
