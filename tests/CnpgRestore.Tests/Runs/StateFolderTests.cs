using CnpgRestore.Runs;

namespace CnpgRestore.Tests.Runs;

public sealed class StateFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-state-");

    [Fact]
    public void Looking_at_a_folder_that_is_not_there_makes_none()
    {
        var path = Path.Combine(_folder.FullName, "state");
        var state = StateFolder.ToRead(path);

        Assert.Empty(state.List());
        Assert.Empty(state.Read(new RunId("20261122t140000z-rename-4f2a")));
        Assert.False(Directory.Exists(path));

        var run = Journal.Create(new StateFolder(path), "rename", "a -> b", TimeProvider.System, "cnpg-restore rename a b");
        run.Dispose();
        Assert.Equal([run.Run], state.List());
        Assert.Equal("cnpg-restore rename a b", state.Read(run.Run)[0].Text);
    }

    [Fact]
    public void A_file_in_its_place_is_no_folder_without_runs()
    {
        var path = Path.Combine(_folder.FullName, "state");
        File.Create(path).Dispose();

        foreach (var look in (Action[])[() => StateFolder.ToRead(path).List(), () => StateFolder.ToRead(path).Read(new RunId("20261122t140000z-rename-4f2a")), () => _ = new StateFolder(path)])
        {
            var problem = Assert.Throws<RestoreException>(look).Problem;
            Assert.Equal((ProblemCode.AccessDenied, $"the state folder {path} is a file"), (problem.Code, problem.Message));
        }
    }

    [Theory]
    [InlineData(0, ProblemCode.Refused)]
    [InlineData(1, null)]
    public async Task A_damaged_journal_stands_in_the_way_of_its_own_subject_alone(int line, ProblemCode? other)
    {
        var state = new StateFolder(Path.Combine(_folder.FullName, "state"));
        Journal.Create(state, "rename", "a -> b", TimeProvider.System).Dispose();
        // The newer one is looked at first.
        var journal = Journal.Create(state, "rename", "c -> d", TimeProvider.System);
        journal.Append(JournalEntry.RunFinished);
        journal.Dispose();
        var path = state.JournalOf(journal.Run);
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        lines[line] = "{";
        await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);

        Assert.Equal(other, Code("a -> b"));
        Assert.Equal(ProblemCode.Refused, Code("c -> d"));
        Assert.Equal(2, state.List().Count);

        ProblemCode? Code(string subject) => Record.Exception(() => Assert.NotNull(state.FindUnfinished("rename", subject))) switch
        {
            null => null,
            RestoreException e => e.Problem.Code,
            var e => throw e,
        };
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
