using CnpgRestore.CliTests.Kills;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>
/// <c>kill -9</c> again and again, at requests that are spread over all phases of the move, before or after the request has its effect. The same
/// command goes on, from this machine or another, copies nothing that is already there, and ends as an undisturbed move does.
/// </summary>
public sealed class RenameKillTests(TestBed bed)
{
    private const int Segments = 200;
    private const int Seed = 20260301;

    /// <summary>At requests to which even a run comes that has nothing left to copy: it lists seven levels of both folders for each of its first steps.</summary>
    private const int CertainKills = 10;
    private const int LatestCertain = 45;

    /// <summary>Each a random sequence of its own.</summary>
    public static TheoryData<int> Moves => [0, 1];

    [Theory]
    [MemberData(nameof(Moves))]
    public async Task A_move_that_is_killed_many_times_ends_as_an_undisturbed_one(int move)
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        using var otherMachine = new TemporaryFolder("state2");
        var expected = await scene.SourceAsync();
        var random = new Random(Seed + move);
        var kills = 0;
        while (kills < 40)
        {
            // The first kills meet the plan and the copy; then somewhat later each time, until the last ones meet proof and removal.
            var latest = LatestCertain + (15 * Math.Max(0, kills - CertainKills));
            var ended = await RunUntilKilledAsync(scene, random.Next(1, latest), afterEffect: random.Next(2) == 0, kills % 2 == 0 ? scene.State : otherMachine.Path);
            if (ended is { } result)
            {
                // The kill may have met the moment after the last deletion: another machine then finds nothing to do, and says where it is.
                Assert.True(result.ExitCode == 0 || (result.ExitCode == 10 && result.Error.Contains("as after a finished move", StringComparison.Ordinal)), result.Error);
                break;
            }

            kills++;
            var (source, target) = (await scene.SourceAsync(), await scene.TargetAsync());
            Assert.All(expected, item => Assert.True(source.GetValueOrDefault(item.Key) == item.Value || target.GetValueOrDefault(item.Key) == item.Value, $"{item.Key} is lost"));
            Assert.All(target.Where(item => item.Key.EndsWith("/backup.info", StringComparison.Ordinal)), info => AssertWhole(info.Key, expected, target));
            Assert.All(source.Where(item => item.Key.EndsWith("/backup.info", StringComparison.Ordinal)), info => AssertWhole(info.Key, expected, source));
        }

        TestContext.Current.SendDiagnosticMessage($"move {move}: {kills} kills");
        Assert.True(kills >= CertainKills, $"{kills} kills only");
        string[] states = [scene.State, otherMachine.Path];
        Assert.True(states.Sum(KillsInCopy) >= 1, "no kill met the copy");
        Assert.Equal(expected, await scene.TargetAsync());
        Assert.Empty(await scene.SourceAsync());
    }

    [Theory]
    [InlineData(S3Operation.DeleteObjects, 1, false)]
    [InlineData(S3Operation.DeleteObjects, 1, true)]
    [InlineData(S3Operation.DeleteObjects, 2, false)]
    [InlineData(S3Operation.DeleteObjects, 2, true)]
    [InlineData(S3Operation.CopyObject, 1, true)]
    [InlineData(S3Operation.CopyObject, Segments + 5, false)]
    [InlineData(S3Operation.CopyObject, Segments + 6, true)]
    public async Task A_kill_at_the_turns_of_the_move_loses_nothing(S3Operation operation, int number, bool afterEffect)
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        var expected = await scene.SourceAsync();

        Assert.Null(await RunUntilKilledAsync(scene, number, afterEffect, scene.State, operation));
        var again = await scene.MoveAsync("-r");

        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(expected, await scene.TargetAsync());
        Assert.Empty(await scene.SourceAsync());
    }

    /// <summary>How often the journals of a machine say that the copy began, and not that it ended.</summary>
    private static int KillsInCopy(string state)
    {
        var runs = new DirectoryInfo(Path.Combine(state, "runs"));
        var lines = runs.Exists ? runs.EnumerateFiles("*.jsonl").SelectMany(file => File.ReadLines(file.FullName)) : [];
        var steps = lines.Where(line => line.Contains("\"step\":\"copy-data\"", StringComparison.Ordinal)).ToList();
        return steps.Count(line => line.Contains("\"step_started\"", StringComparison.Ordinal)) - steps.Count(line => line.Contains("\"step_finished\"", StringComparison.Ordinal));
    }

    private static void AssertWhole(string info, SortedDictionary<string, string> expected, SortedDictionary<string, string> folder)
    {
        var backup = info[..^"backup.info".Length];
        Assert.Equal(expected.Keys.Where(key => key.StartsWith(backup, StringComparison.Ordinal)), folder.Keys.Where(key => key.StartsWith(backup, StringComparison.Ordinal)));
    }

    /// <summary>Null when the run was killed at that request; and nothing that was in the target is copied again.</summary>
    private static async Task<ToolResult?> RunUntilKilledAsync(RenameScene scene, int request, bool afterEffect, string state, S3Operation? only = null)
    {
        var before = await scene.TargetAsync();
        scene.Proxy.Forget();
        var command = scene.Command([RenameScene.Source, RenameScene.Target, "--yes", "-r", "--parallel", "8"], ("CNPG_RESTORE_STATE", state));
        var result = await KilledRun.AtRequestAsync(command, scene.Proxy, request, afterEffect, only);
        var copied = scene.Proxy.Calls.Where(call => call.Operation == S3Operation.CopyObject).Select(call => call.Key[scene.TargetFolder.Prefix.Length..]);
        Assert.Empty(copied.Intersect(before.Keys));
        return result;
    }
}
