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

    public void Dispose() => _folder.Delete(recursive: true);
}
