using System.Text.Json;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>A cluster is destroyed and comes back with every row.</summary>
public sealed class LineageTests(TestBed bed)
{
    /// <summary>What a run may take besides waiting for the operator and the database.</summary>
    private static readonly TimeSpan MostOverhead = TimeSpan.FromSeconds(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_lineage_copies_nothing_and_leaves_the_old_folder_as_it_is()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        var uid = await scene.UidAsync();
        var dry = await scene.RunAsync("from-backup", RecoveryScene.Cluster, "--dry-run");
        Assert.Equal(0, dry.ExitCode);
        Assert.Contains("delete the Cluster and wait until its pods and volumes are gone (removes data)", dry.Output, StringComparison.Ordinal);
        Assert.Equal(uid, await scene.UidAsync());
        Assert.False(Directory.Exists(Path.Combine(scene.State, "runs")) && Directory.EnumerateFiles(Path.Combine(scene.State, "runs")).Any());
        var before = await scene.KeysAsync(RecoveryScene.Cluster);
        var password = await PasswordAsync();
        // Not archived yet: the segment that it is in would be for minutes.
        await scene.SqlAsync("INSERT INTO items VALUES (0, md5('0'))");

        var result = await scene.RecoverAsync("-o", "json", "--report", Path.Combine(scene.Folder, "report.html"));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows + 1}", await scene.CountAsync());
        Assert.NotEqual(uid, await scene.UidAsync());
        var summary = JsonDocument.Parse(result.Output.TrimEnd().Split('\n')[^1]).RootElement;
        Assert.Equal("summary", summary.GetProperty("message_type").GetString());
        var archive = summary.GetProperty("archive").GetString()!;
        Assert.StartsWith("postgres-v", archive, StringComparison.Ordinal);
        Assert.NotEqual(RecoveryScene.Cluster, archive);
        Assert.NotEmpty(summary.GetProperty("checks").EnumerateArray());
        Assert.All(summary.GetProperty("checks").EnumerateArray(), check => Assert.True(check.GetProperty("passed").GetBoolean()));
        Assert.Superset(before.ToHashSet(), (await scene.KeysAsync(RecoveryScene.Cluster)).ToHashSet());
        Assert.Contains(await scene.KeysAsync(archive), key => key.EndsWith("/backup.info", StringComparison.Ordinal));
        Assert.InRange(Overhead(scene), TimeSpan.Zero, MostOverhead);
        Assert.Contains("PROVEN", await File.ReadAllTextAsync(Path.Combine(scene.Folder, "report.html"), Ct), StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();
        scene.AssertNoSecret(dry, result);
        Assert.Equal(password, await PasswordAsync());
        // It goes with the new Cluster, as the operator has it.
        var owner = (await scene.Clusters.FindAsync($"secret/{RecoveryScene.Cluster}-app", Ct))!["metadata"]!["ownerReferences"]![0]!["uid"]!.GetValue<string>();
        Assert.Equal(await scene.UidAsync(), owner);

        async Task<string> PasswordAsync() => (await scene.Clusters.FindAsync($"secret/{RecoveryScene.Cluster}-app", Ct))!["data"]!["password"]!.GetValue<string>();
    }

    [Fact]
    public async Task A_move_recovers_to_a_moment_and_archives_under_the_old_name()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed);
        await scene.FillAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(300), Ct);
        var moment = await scene.SqlAsync("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')");
        await Task.Delay(TimeSpan.FromMilliseconds(300), Ct);
        await scene.SqlAsync("DROP TABLE items");
        await scene.Clusters.ArchiveAsync(RecoveryScene.Cluster, Ct);

        var result = await scene.RecoverAsync("--lineage", "move", "--target-time", moment);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        Assert.Contains(await scene.KeysAsync("postgres-v17-backup"), key => key.EndsWith("/backup.info", StringComparison.Ordinal));
        var archive = await scene.KeysAsync(RecoveryScene.Cluster);
        Assert.Contains(archive, key => key.EndsWith("/backup.info", StringComparison.Ordinal));
        Assert.Contains(archive, key => key.StartsWith("wals/00000002.history", StringComparison.Ordinal));
        Assert.DoesNotContain(archive, key => key.StartsWith("wals/0000000100000000/", StringComparison.Ordinal));
        scene.AssertNoSecret(result);
    }

    [Theory]
    [InlineData("move")]
    [InlineData("new")]
    public async Task A_cluster_with_the_plugin_comes_back_with_the_plugin(string lineage)
    {
        await using var scene = await RecoveryScene.CreateAsync(bed, manifests =>
            Task.FromResult($"{manifests.ObjectStore()}\n---\n{ClusterManifests.PluginInitdb(RecoveryScene.Cluster, RecoveryScene.Cluster)}"));
        await scene.FillAsync("plugin");

        var result = await scene.RecoverAsync("--lineage", lineage, "-o", "json");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        var summary = JsonDocument.Parse(result.Output.TrimEnd().Split('\n')[^1]).RootElement;
        var archive = summary.GetProperty("archive").GetString()!;
        Assert.Equal(lineage == "move", archive == RecoveryScene.Cluster);
        Assert.Contains(await scene.KeysAsync(lineage == "move" ? "postgres-v17-backup" : RecoveryScene.Cluster), key => key.EndsWith("/backup.info", StringComparison.Ordinal));
        Assert.Contains(await scene.KeysAsync(archive), key => key.EndsWith("/backup.info", StringComparison.Ordinal));
    }

    /// <summary>From the first line of the journal to the last, without the steps that wait for somebody else.</summary>
    private static TimeSpan Overhead(RecoveryScene scene)
    {
        // Those two wait for the API server alone, and for what it asks before it takes a Cluster.
        string[] waits = ["record", "stop-cluster", "create-cluster", "recover", "prove-data", "first-backup"];
        var lines = File.ReadLines(Path.Combine(scene.State, "runs", $"{scene.LastRun()}.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var waited = TimeSpan.Zero;
        foreach (var (started, finished) in lines.Zip(lines.Skip(1)).Where(pair => pair.First.TryGetProperty("step", out var step) && waits.Contains(step.GetString())))
        {
            waited += started.GetProperty("type").GetString() == "step_started" ? Time(finished) - Time(started) : TimeSpan.Zero;
        }

        Assert.NotEqual(TimeSpan.Zero, waited);
        return Time(lines[^1]) - Time(lines[0]) - waited;

        static DateTimeOffset Time(JsonElement line) => line.GetProperty("time").GetDateTimeOffset();
    }
}
