using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Kills;

/// <summary>
/// <c>kill -9</c> before and after every step of every plan. Continuous integration kills the plans that need no node, all moments in turn in
/// one scene; <c>make reliability</c> runs the whole matrix and writes docs/reliability.md.
/// </summary>
public sealed class KillMatrixTests(TestBed bed)
{
    public static TheoryData<string> Plans => [.. KilledPlan.All.Select(plan => plan.Name)];

    public static TheoryData<string, bool> QuickPlans
    {
        get
        {
            var plans = new TheoryData<string, bool>();
            foreach (var plan in KilledPlan.All.Where(plan => !plan.IsSlow))
            {
                plans.Add(plan.Name, plan.Here is null);
            }

            return plans;
        }
    }

    [Theory]
    [MemberData(nameof(QuickPlans))]
    public async Task Killed_at_every_step_in_turn_a_plan_ends_as_an_undisturbed_run(string plan, bool elsewhere)
    {
        var report = new KillReport(KilledPlan.Named(plan));
        var matrix = new KillMatrix(bed, KilledPlan.Named(plan), report);
        await matrix.RunUndisturbedAsync();

        await matrix.KillAtAllInTurnAsync(elsewhere);

        Assert.Empty(report.Red);
        Assert.True(report.Kills >= KilledPlan.Named(plan).Steps.Count, $"{report.Kills} kills only");
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Plans))]
    public async Task The_whole_matrix(string name)
    {
        var plan = KilledPlan.Named(name);
        var report = new KillReport(plan);
        var matrix = new KillMatrix(bed, plan, report);
        await matrix.RunUndisturbedAsync();
        if (TestEnvironment.OnlyRandomKills)
        {
            report.KeepSteps();
        }
        else if (plan.IsSlow)
        {
            await matrix.KillAtAllInTurnAsync(plan.Here is null);
        }
        else
        {
            foreach (var elsewhere in plan.Here is null ? (bool[])[false, true] : [false])
            {
                await matrix.KillAtEachAsync(elsewhere);
            }
        }

        var share = plan.RandomShare(TestEnvironment.RandomKills);
        var seed = Random.Shared.Next();
        TestContext.Current.AddWarning($"{name}: {share} random moments, seed {seed}");
        await matrix.KillAtRandomAsync(share, seed);
        await report.WriteAsync();

        Assert.Empty(report.Red);
    }
}
