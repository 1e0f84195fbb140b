using System.Diagnostics;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>Kills one plan at its moments, lets it go on, and compares the world with the one that an undisturbed run leaves.</summary>
sealed class KillMatrix(TestBed bed, KilledPlan plan, KillReport report)
{
    private const int KillsInOneScene = 12;
    private const int ShownLength = 300;

    private string _expected = "";
    private TimeSpan _duration;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Before all else: what is compared with.</summary>
    public async Task RunUndisturbedAsync()
    {
        using var machines = new TemporaryFolder("machines");
        await using var scene = await plan.CreateAsync(bed);
        var start = Stopwatch.GetTimestamp();
        var result = await ToolProcess.RunAsync(scene.Begin(Path.Combine(machines.Path, "0")), Ct);
        _duration = Stopwatch.GetElapsedTime(start);
        Assert.True(scene.IsEnd(result), result.Output + result.Error);
        _expected = await scene.WorldAsync();
    }

    /// <summary>Each moment in a scene of its own: one kill, then to the end.</summary>
    public async Task KillAtEachAsync(bool elsewhere)
    {
        foreach (var moment in KillMoment.Of(plan.Steps))
        {
            await report.TryAsync(moment.Step!, elsewhere, async () =>
            {
                using var machines = new TemporaryFolder("machines");
                await using var scene = await plan.CreateAsync(bed);
                var ended = await KilledRun.AtAsync(scene.Begin(Path.Combine(machines.Path, "0")), moment);
                Assert.True(ended is null, $"{moment} was not met: {ended?.Output}{ended?.Error}");
                await scene.AssertSafeAsync();
                await EndAsync(scene, Path.Combine(machines.Path, elsewhere ? "1" : "0"), $"killed at {moment}");
                return 1;
            });
        }
    }

    /// <summary>All moments one after the other in one scene, each by the run that goes on from the last; then to the end.</summary>
    /// <param name="elsewhere">On two machines: every second kill is gone on with on the other one.</param>
    public async Task KillAtAllInTurnAsync(bool elsewhere)
    {
        using var machines = new TemporaryFolder("machines");
        await using var scene = await plan.CreateAsync(bed);
        var turn = 0;
        ToolResult? ended = null;
        foreach (var moment in plan.MomentsInTurn.TakeWhile(_ => ended is null && report.Red.Count == 0))
        {
            await report.TryAsync(moment.Step!, elsewhere && turn % 2 == 0, async () =>
            {
                var state = State();
                ended = await KilledRun.AtAsync(turn == 0 ? scene.Begin(state) : await scene.AgainAsync(state), moment);
                turn++;
                Assert.True(ended is null || scene.IsEnd(ended), $"{moment}: {ended?.Output}{ended?.Error}");
                await scene.AssertSafeAsync();
                return ended is null ? 1 : 0;
            });
        }

        await report.TryAsync(plan.Steps[^1], elsewhere, async () =>
        {
            await EndAsync(scene, ended is null ? State() : null, "killed at every step in turn");
            return 0;
        });

        // A, B, B, A, A, ...
        string State() => Path.Combine(machines.Path, elsewhere ? $"{(turn + 1) / 2 % 2}" : "0");
    }

    /// <summary>At moments that nobody chose, again and again, on two machines by turns where the plan can go on elsewhere.</summary>
    public async Task KillAtRandomAsync(int kills, int seed)
    {
        var random = new Random(seed);
        var met = 0;
        // A moment may lie behind the end of a run; that costs a scene and is no kill.
        for (var scenes = 0; met < kills && scenes < 2 * kills && report.Red.Count == 0; scenes++)
        {
            met += await report.TryAsync(KillReport.RandomMoments, plan.Here is null, () => KillOneSceneAsync(random, kills - met));
        }
    }

    private async Task<int> KillOneSceneAsync(Random random, int most)
    {
        using var machines = new TemporaryFolder("machines");
        await using var scene = await plan.CreateAsync(bed);
        var kills = 0;
        var isOver = false;
        while (!isOver && kills < Math.Min(most, KillsInOneScene))
        {
            var state = Path.Combine(machines.Path, plan.Here is null ? $"{kills % 2}" : "0");
            var ended = await KilledRun.AfterAsync(kills == 0 ? scene.Begin(state) : await scene.AgainAsync(state), _duration * random.NextDouble());
            Assert.True(ended is null || scene.IsEnd(ended), ended?.Output + ended?.Error);
            kills += ended is null ? 1 : 0;
            isOver = ended is not null || scene.WasOver(state);
            await scene.AssertSafeAsync();
        }

        await EndAsync(scene, !isOver ? Path.Combine(machines.Path, "0") : null, $"killed {kills} times at random");
        return kills;
    }

    /// <param name="state">The machine on which the run goes on to its end; null where it has come there by itself.</param>
    private async Task EndAsync(KillScene scene, string? state, string what)
    {
        if (state is not null)
        {
            var result = await ToolProcess.RunAsync(await scene.AgainAsync(state), Ct);
            Assert.True(scene.IsEnd(result), $"{what}: exit code {result.ExitCode}\n{result.Output}{result.Error}");
        }

        var world = await scene.WorldAsync();
        Assert.True(_expected == world, $"{what}: the world is not as an undisturbed run leaves it, but\n{world[..Math.Min(world.Length, ShownLength)]}");
    }
}
