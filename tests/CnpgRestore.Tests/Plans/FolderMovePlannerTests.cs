using System.Text;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;

namespace CnpgRestore.Tests.Plans;

/// <summary>What two folders look like decides whether a move is fresh, gone on with, or refused.</summary>
public sealed class FolderMovePlannerTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("cnpg-restore-planner-");
    private readonly DirectoryObjectStore _store;

    public FolderMovePlannerTests() => _store = new DirectoryObjectStore(_root.FullName);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1=x 2=y", "", true, MoveState.Fresh)]
    [InlineData("1=x 2=y", "1=x", true, MoveState.PartlyCopied)]
    [InlineData("1=x 2=y", "1=x 2=y", true, MoveState.PartlyCopied)]
    [InlineData("1=x 2=y", "1=x 2=y", false, MoveState.PartlyCopied)]
    [InlineData("2=y", "1=x 2=y", true, MoveState.PartlyRemoved)]
    public async Task A_target_that_may_be_ours_is_gone_on_with(string source, string target, bool remove, MoveState state)
    {
        await PutAsync("a", source);
        await PutAsync("b", target);

        Assert.Equal(state, (await PlanAsync(remove)).State);
    }

    [Theory]
    [InlineData("1=x 2=y", "1=x 2=z", true)] // another content
    [InlineData("1=x 2=y", "1=x 2=yy", true)] // another size
    [InlineData("1=x 2=y", "1=x 3=z", true)] // something else in it
    [InlineData("2=y", "1=x 2=y", false)] // without -r nothing is removed, so nothing can be partly removed
    [InlineData("1=x", "2=y", true)] // nothing in common
    [InlineData("2=y 3=new", "1=x 2=y", true)] // partly removed, and written to since
    public async Task A_target_that_is_not_ours_is_refused(string source, string target, bool remove)
    {
        await PutAsync("a", source);
        await PutAsync("b", target);

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => PlanAsync(remove))).Problem;

        Assert.Equal(ProblemCode.Refused, problem.Code);
        Assert.Equal("Target folder already exists: b", problem.Message);
        Assert.Contains("b/wals/", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finished_move_is_recognised_when_the_source_is_gone()
    {
        await PutAsync("b", "1=x");

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => PlanAsync(remove: true))).Problem;

        Assert.Equal(ProblemCode.NotFound, problem.Code);
        Assert.Equal("Source folder does not exist: a", problem.Message);
        Assert.Contains("b/ holds 1 object, as after a finished move", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removal_that_was_killed_after_its_last_object_is_finished()
    {
        await PutAsync("b", "1=x");

        Assert.Equal(MoveState.PartlyRemoved, (await PlanAsync(remove: true, removalBegun: true)).State);
        await Assert.ThrowsAsync<RestoreException>(() => PlanAsync(remove: false, removalBegun: true));
    }

    [Fact]
    public async Task A_plan_counts_what_is_there_and_only_removal_is_destructive()
    {
        await PutAsync("a", "1=x 2=yy");
        await PutAsync("b", "2=yy");

        var plan = await PlanAsync(remove: false);

        Assert.Equal((2, 3, 1, 2), (plan.Objects, plan.Bytes.Bytes, plan.PresentObjects, plan.PresentBytes.Bytes));
        Assert.False(plan.ToPlan().IsDestructive);
        Assert.True((await PlanAsync(remove: true)).ToPlan().IsDestructive);
    }

    public void Dispose()
    {
        _store.Dispose();
        _root.Delete(recursive: true);
    }

    private Task<FolderMovePlan> PlanAsync(bool remove, bool removalBegun = false) =>
        new FolderMovePlanner(_store, TimeProvider.System).PlanAsync(new FolderMoveRequest("a", "b", remove, ReadBack: false, Parallelism: 4), removalBegun, Ct);

    private async Task PutAsync(string folder, string objects)
    {
        foreach (var part in objects.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(item => item.Split('=')))
        {
            await _store.PutAsync(new ObjectKey($"{folder}/wals/{part[0]}"), Encoding.ASCII.GetBytes(part[1]), Ct);
        }
    }
}
