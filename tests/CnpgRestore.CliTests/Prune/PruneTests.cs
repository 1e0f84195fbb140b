using System.Text.Json;
using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Prune;

/// <summary><c>prune</c> on a real S3 server: the folder goes, nothing else does, and what comes meanwhile is never touched.</summary>
public sealed class PruneTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_folder_is_gone_and_every_other_object_is_where_it_was()
    {
        await using var scene = await PruneScene.CreateAsync(bed);
        var expected = (await scene.EverythingAsync()).Where(item => !item.Key.StartsWith($"{PruneScene.Old}/", StringComparison.Ordinal)).ToDictionary();
        var objects = (await scene.OldAsync()).Count;

        var dry = await scene.RunAsync([.. PruneScene.Consents, "--dry-run"]);
        Assert.Equal(objects, (await scene.OldAsync()).Count);
        var result = await scene.RunAsync([.. PruneScene.Consents, "-o", "json"]);

        Assert.True(dry.ExitCode == 0, dry.Error);
        Assert.Contains($"{objects} objects", dry.Output, StringComparison.Ordinal);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(objects, JsonDocument.Parse(result.Output.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("objects_removed").GetInt32());
        Assert.Equal(expected, await scene.EverythingAsync());
        var again = await scene.RunAsync(PruneScene.Consents);
        Assert.Equal(10, again.ExitCode);
        Assert.Contains($"Source folder does not exist: {PruneScene.Old}", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_comes_during_the_removal_is_left_and_named()
    {
        await using var scene = await PruneScene.CreateAsync(bed);
        const string late = $"{PruneScene.Old}/wals/0000000200000000/000000020000000000000011";
        scene.Proxy.On(S3Operation.DeleteObjects, number => number == 1, _ => scene.S3.Client.PutObjectAsync(new() { BucketName = scene.Bucket, Key = late, ContentBody = "x" }, Ct));

        var stopped = await scene.RunAsync(PruneScene.Consents);

        Assert.Equal(20, stopped.ExitCode);
        Assert.Contains(late, stopped.Error, StringComparison.Ordinal);
        Assert.Equal([late[(PruneScene.Old.Length + 1)..]], (await scene.OldAsync()).Keys);
        await scene.IdleAsync();
        var again = await scene.RunAsync(PruneScene.Consents);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Empty(await scene.OldAsync());
    }

    [Fact]
    public async Task An_object_that_comes_while_the_plan_is_read_stops_it_before_anything_is_deleted()
    {
        await using var scene = await PruneScene.CreateAsync(bed);
        const string late = "wals/0000000200000000/000000020000000000000011";
        var before = (await scene.OldAsync()).Keys.ToList();
        BeforeItIsChecked(scene, () => scene.S3.Client.PutObjectAsync(new() { BucketName = scene.Bucket, Key = $"{PruneScene.Old}/{late}", ContentBody = "x" }, Ct));

        var stopped = await scene.RunAsync(PruneScene.Consents);

        Assert.True(stopped.ExitCode == 20, stopped.Output + stopped.Error);
        Assert.Contains($"{PruneScene.Old}/ changed; nothing was deleted", stopped.Error, StringComparison.Ordinal);
        Assert.Contains(late, stopped.Error, StringComparison.Ordinal);
        Assert.Equal(before.Append(late).Order(StringComparer.Ordinal), (await scene.OldAsync()).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_other_folder_that_goes_while_the_plan_is_read_stops_it_before_anything_is_deleted()
    {
        await using var scene = await PruneScene.CreateAsync(bed);
        var before = await scene.OldAsync();
        var infos = (await scene.S3.ListAsync(scene.Folder(PruneScene.New), Ct)).Where(item => item.Key.EndsWith("/backup.info", StringComparison.Ordinal)).Select(item => item.Key).ToList();
        Assert.NotEmpty(infos);
        BeforeItIsChecked(scene, async () =>
        {
            foreach (var key in infos)
            {
                await scene.S3.Client.DeleteObjectAsync(scene.Bucket, key, Ct);
            }
        });

        var stopped = await scene.RunAsync(PruneScene.Consents);

        Assert.True(stopped.ExitCode == 20, stopped.Output + stopped.Error);
        Assert.Contains($"{PruneScene.New}/ no longer holds a usable base backup; nothing was deleted", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(before, await scene.OldAsync());
    }

    [Fact]
    public async Task While_it_is_removed_neither_a_second_removal_nor_a_rename_of_either_folder_may_run()
    {
        await using var scene = await PruneScene.CreateAsync(bed);
        var results = new List<ToolResult>();
        scene.Proxy.On(S3Operation.DeleteObjects, number => number == 1, async _ =>
        {
            results.Add(await scene.RunAsync(PruneScene.Consents));
            var prune = scene.Command(scene.State);
            results.Add(await ToolProcess.RunAsync(prune with { Arguments = ["rename", PruneScene.New, "elsewhere", "-r", "--yes"] }, Ct));
        });

        var result = await scene.RunAsync(PruneScene.Consents);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal([11, 11], results.Select(refused => refused.ExitCode));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task Killed_in_the_middle_of_the_removal_no_half_backup_is_left_and_the_same_command_goes_on(int request, bool afterEffect)
    {
        await using var scene = await PruneScene.CreateAsync(bed);

        Assert.Null(await KilledRun.AtRequestAsync(scene.Command(scene.State, PruneScene.Consents), scene.Proxy, request, afterEffect, S3Operation.DeleteObjects));

        await scene.AssertNoHalfBackupAsync();
        var result = await ToolProcess.RunAsync(scene.Command(request == 1 ? scene.OtherMachine : scene.State, PruneScene.Consents), Ct);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Empty(await scene.OldAsync());
    }

    [Fact]
    public async Task Killed_after_the_last_removal_the_same_command_proves_the_end()
    {
        await using var scene = await PruneScene.CreateAsync(bed);
        Assert.Null(await KilledRun.AtAsync(scene.Command(scene.State, PruneScene.Consents), KillMoment.Done("remove-data")));
        Assert.Empty(await scene.OldAsync());

        var result = await scene.RunAsync(PruneScene.Consents);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("had only to be proven", result.Error, StringComparison.Ordinal);
    }

    /// <summary>Between the plan and the first step: a person reads it meanwhile, or goes for a coffee.</summary>
    private static void BeforeItIsChecked(PruneScene scene, Func<Task> change)
    {
        var isDone = 0;
        scene.Proxy.Inject(async exchange =>
        {
            if (exchange.Call.Operation == S3Operation.ListObjects && HasBegun(scene) && Interlocked.Exchange(ref isDone, 1) == 0)
            {
                await change();
            }
        });
    }

    private static bool HasBegun(PruneScene scene) =>
        Directory.Exists(Path.Combine(scene.State, "runs")) && Directory.GetFiles(Path.Combine(scene.State, "runs")).Any(path => File.ReadAllText(path).Contains("\"step_started\"", StringComparison.Ordinal));
}
