using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary><c>kubectl cnpg destroy --keep-pvc</c>: a volume that stays when its Cluster goes, and that nothing would ever wait out.</summary>
public sealed class DetachedVolumeTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // As the plugin leaves it: label, serial and name stay, the owner goes.
    private const string Claim = $$"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: {{RecoveryScene.Cluster}}-2
          labels: { cnpg.io/cluster: {{RecoveryScene.Cluster}}, cnpg.io/instanceName: {{RecoveryScene.Cluster}}-2, cnpg.io/pvcRole: PG_DATA }
          annotations: { cnpg.io/nodeSerial: "2", cnpg.io/pvcStatus: detached }
        spec:
          accessModes: [ReadWriteOnce]
          resources: { requests: { storage: 1Gi } }
        """;

    [Fact]
    public async Task It_is_told_before_the_cluster_is_deleted_by_the_plan_and_by_the_run()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        var uid = await scene.UidAsync();
        await scene.Clusters.Namespace.ApplyAsync(Claim, Ct);

        var refused = await scene.RecoverAsync();

        Assert.True(refused.ExitCode == 15, refused.Output + refused.Error);
        Assert.Contains(Advice(scene), refused.Error, StringComparison.Ordinal);
        await DeleteClaimAsync(scene);
        Assert.Null(await KilledRun.AtAsync(scene.Command(["from-backup", RecoveryScene.Cluster, "--yes"]), KillMoment.Begun("stop-cluster")));
        await scene.Clusters.Namespace.ApplyAsync(Claim, Ct);

        var stopped = await scene.RecoverAsync();

        Assert.True(stopped.ExitCode == 20, stopped.Output + stopped.Error);
        Assert.Contains($"is not deleted, since volumes of it would stay: {RecoveryScene.Cluster}-2", stopped.Error, StringComparison.Ordinal);
        Assert.Contains(Advice(scene), stopped.Error, StringComparison.Ordinal);
        Assert.Equal(uid, await scene.UidAsync());
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
    }

    [Fact]
    public async Task One_that_is_detached_while_the_cluster_goes_ends_the_wait_and_the_printed_command_helps()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        // Something holds the Cluster's own volume, so that there is time.
        await SetFinalizersAsync(scene, """["kubernetes.io/pvc-protection", "test.cnpg-restore/held"]""");
        await using var running = ToolProcess.Start(scene.Command(["from-backup", RecoveryScene.Cluster, "--yes"]));
        await scene.Clusters.UntilAsync($"cluster/{RecoveryScene.Cluster}", item => item is null, Ct);

        await scene.Clusters.Namespace.ApplyAsync(Claim, Ct);
        var stopped = await running.WaitAsync(Ct);
        await SetFinalizersAsync(scene, "null");

        Assert.True(stopped.ExitCode == 20, stopped.Output + stopped.Error);
        Assert.Contains($"is gone, and volumes of it stay: {RecoveryScene.Cluster}-2", stopped.Error, StringComparison.Ordinal);
        Assert.Contains(Advice(scene), stopped.Error, StringComparison.Ordinal);
        await DeleteClaimAsync(scene);

        var result = await scene.RecoverAsync();

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        await scene.AssertNothingIsLeftAsync();
    }

    private static string Advice(RecoveryScene scene) => $"if nothing on them is needed: kubectl delete pvc -n {scene.Namespace} {RecoveryScene.Cluster}-2";

    private static Task SetFinalizersAsync(RecoveryScene scene, string finalizers) => scene.Clusters.Namespace.KubectlAsync(
        Ct, "patch", "pvc", $"{RecoveryScene.Cluster}-1", "--type", "merge", "--patch", $$"""{"metadata": {"finalizers": {{finalizers}} } }""");

    private static Task DeleteClaimAsync(RecoveryScene scene) => scene.Clusters.Namespace.KubectlAsync(Ct, "delete", "pvc", $"{RecoveryScene.Cluster}-2");
}
