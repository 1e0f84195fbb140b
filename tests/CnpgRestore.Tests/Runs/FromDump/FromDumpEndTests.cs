using CnpgRestore.Plans;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Runs.FromDump;

namespace CnpgRestore.Tests.Runs.FromDump;

/// <summary>What a person reads before a run of from-dump is taken back or made final.</summary>
public sealed class FromDumpEndTests
{
    private static readonly FromDumpDecision Decision = new(
        "20261122t140000z-from-dump-4f2a", "postgres://db", "here", "7", "app", "app.sql", 1, DateTimeOffset.UnixEpoch, null, LoadStrategy.Swap, 2, "app_restore_x", "app_before_x", [], null, []);

    [Theory]
    [InlineData("undo", "take run 20261122t140000z-from-dump-4f2a back: drop app_restore_x, on db:5432")]
    [InlineData("commit", "make run 20261122t140000z-from-dump-4f2a final: drop app_restore_x, on db:5432")]
    public void The_plan_has_the_one_step_that_is_done(string command, string summary)
    {
        var step = new PlanStep("drop-side", "drop app_restore_x", "database app on db:5432", "drops app_restore_x", "none") { Destructive = true };

        var plan = new FromDumpEnd(Decision, command, "db:5432", step, "app_restore_x is gone", ["app was not changed"]).ToPlan();

        Assert.Equal((command, "database app of system 7", summary), (plan.Command, plan.Subject, plan.Summary));
        Assert.Equal([step], plan.Steps);
        Assert.Equal(["app was not changed"], plan.Notes);
        Assert.True(plan.IsDestructive);
    }

    [Fact]
    public void Where_nothing_is_left_to_be_done_the_plan_says_what_there_is()
    {
        var plan = new FromDumpEnd(Decision, "undo", "db:5432", Step: null, "app was not changed", []).ToPlan();

        Assert.Empty(plan.Steps);
        Assert.Equal("app was not changed", plan.Summary);
    }
}
