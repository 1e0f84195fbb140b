using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>What the runbook was written for.</summary>
public sealed class RunbookTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recovery_that_failed_with_Expected_empty_archive_ends_healthy_after_one_command()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        await scene.Clusters.Namespace.KubectlAsync(Ct, "delete", "cluster", RecoveryScene.Cluster);
        await scene.Clusters.UntilAsync("pods,pvc", items => items!["items"]!.AsArray().Count == 0, Ct);
        await scene.Clusters.Namespace.ApplyAsync(
            scene.Manifests.Recovery(RecoveryScene.Cluster, RecoveryScene.Cluster, RecoveryScene.Cluster, annotations: "stand-in.cnpg-restore/job-backoff-limit: \"0\""), Ct);
        await scene.Clusters.UntilAsync("job/postgres-v17-1-full-recovery", job => job?["status"]?["failed"] is not null, Ct);

        var result = await scene.RecoverAsync();

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
    }

    [Fact]
    public async Task A_replay_that_ended_early_is_a_failure_with_both_positions()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        await scene.SqlAsync("INSERT INTO items SELECT n, md5(n::text) FROM generate_series(1501, 2000) n");
        var last = await scene.Clusters.ArchiveAsync(RecoveryScene.Cluster, Ct);
        await scene.Clusters.Namespace.KubectlAsync(Ct, "annotate", "cluster", RecoveryScene.Cluster, $"stand-in.cnpg-restore/fail-wal-restore-from={last}");

        var result = await scene.RecoverAsync();

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("the recovered cluster is not what the backup holds", result.Error, StringComparison.Ordinal);
        Assert.Matches(@"asked for the end of the archive, 0000000100000000000000\w\w up to 0/\w+; reached 0/\w+ on timeline 1", result.Error);
        Assert.DoesNotContain("OK:", result.Output, StringComparison.Ordinal);

        // The store works again, and the command of the hint recovers once more instead of proving the same once more.
        await scene.Clusters.Namespace.KubectlAsync(Ct, "annotate", "cluster", RecoveryScene.Cluster, "stand-in.cnpg-restore/fail-wal-restore-from-");
        var again = result.Error[(result.Error.IndexOf("into another folder: cnpg-restore ", StringComparison.Ordinal) + "into another folder: cnpg-restore ".Length)..].Split('\n')[0].Trim();
        var second = await scene.RunAsync([.. again.Replace($" -n {scene.Namespace}", "", StringComparison.Ordinal).Split(' '), "--yes"]);
        Assert.True(second.ExitCode == 0, second.Output + second.Error);
        Assert.Equal("2000", await scene.CountAsync());
    }
}
