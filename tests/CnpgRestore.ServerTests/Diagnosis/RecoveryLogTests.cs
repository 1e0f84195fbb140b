using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>What PostgreSQL and Barman really say where a pod of the tests cannot be brought to it, as the log of a recovery Job.</summary>
public sealed class RecoveryLogTests(TestBed bed)
{
    private static readonly string[] InTree = ["in-tree-before-1-31", "checksum-variables-missing"];

    public static IEnumerable<string> Found { get; } = ["parameters-too-low", "volume-full"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replay_that_meets_higher_parameters_is_told_by_PostgreSQL()
    {
        await using var scene = await RecordedScene.OpenAsync(bed);
        var barman = new BarmanCloud(scene.S3, scene.Bucket, "orders", BarmanCompression.Gzip);
        string backup;
        await using (var story = await BarmanStory.BeginAsync(scene.S3, barman, Ct))
        {
            backup = await story.BackUpAsync(Ct);
            await story.Postgres.ExecuteAsync("ALTER SYSTEM SET max_connections = 150", Ct);
            await story.Postgres.StopAsync(Ct);
            await story.Postgres.StartAsync(Ct);
            await story.ArchiveAsync(Ct);
        }

        await using var replay = await PostgresServer.OpenAsync(
            barman.Recovering(new Dictionary<string, string> { ["max_connections"] = "100", ["hot_standby"] = "on" }),
            async data =>
            {
                (await ToolProcess.RunAsync(barman.Restore(backup, data), Ct)).Succeeded();
                await File.WriteAllBytesAsync(Path.Combine(data, "recovery.signal"), [], Ct);
            },
            Ct);
        await replay.StartAsync(Ct);
        var log = Path.Combine(replay.Folder, "log");
        var deadline = Task.Delay(TimeSpan.FromMinutes(3), Ct);
        while (!(await File.ReadAllTextAsync(log, Ct)).Contains("insufficient parameter settings", StringComparison.Ordinal) && !deadline.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
        }

        await AssertAsync(scene, await File.ReadAllLinesAsync(log, Ct), "parameters-too-low");
    }

    [Fact]
    public async Task A_volume_that_is_too_small_is_told_by_Barman()
    {
        Requirement.That(Environment.IsPrivilegedProcess, "mounting a small file system needs root");
        await using var scene = await RecordedScene.OpenAsync(bed, "orders");
        var story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        var mount = Path.Combine(scene.Folder, "volume");
        await using var volume = await SmallDisk.MountAsync(mount, "8m", Ct);

        var restored = await ToolProcess.RunAsync(story.Barman.Restore(story.Backups[0], Path.Combine(mount, "pgdata")), Ct);

        await AssertAsync(scene, (restored.Output + restored.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries), "volume-full");
    }

    private static async Task AssertAsync(RecordedScene scene, IReadOnlyList<string> lines, string expected)
    {
        const string Job = "orders-1-full-recovery";
        await scene.LiveAsync(scene.Manifests.Recovery("orders", "orders", "orders-v2"), RecordedScene.SettingUp());
        var pod = JsonNode.Parse($$"""
            {"metadata": {"name": "{{Job}}-x2k9p", "labels": {"cnpg.io/cluster": "orders"}, "ownerReferences": [{"kind": "Job", "name": "{{Job}}"}]}, "spec": {}, "status": {"phase": "Running"} }
            """)!.AsObject();
        var exam = await scene.ExamineAsync() with { Pods = [pod], Logs = [new ContainerLog($"{Job}-x2k9p", "full-recovery", Job, lines)] };

        new Situation(expected, exam, [.. InTree, "instances-not-ready", expected]).Assert();
    }
}
