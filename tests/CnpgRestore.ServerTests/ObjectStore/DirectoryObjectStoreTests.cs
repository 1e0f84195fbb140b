using CnpgRestore.ObjectStore;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.ObjectStore;

public sealed class DirectoryObjectStoreTests : ObjectStoreConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new("mirror");

    [Fact]
    public async Task A_folder_that_has_lost_its_last_object_is_gone_and_the_root_stays()
    {
        using var store = await OpenAsync();
        await PutAllAsync(store, ["wals/0000000100000000/1"]);

        await store.DeleteAsync([new ObjectKey("postgres-v17/wals/0000000100000000/1")], Ct);

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Empty_folders_and_temporary_files_are_not_shown()
    {
        using var store = await OpenAsync();
        await PutAllAsync(store, ["a"]);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "postgres-v17", "empty", "deeper"));
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "postgres-v17", "empty", ".cnpg-restore-x1"), [1], Ct);

        var level = await store.ListLevelAsync(new KeyPrefix("postgres-v17/"), Ct);

        Assert.Empty(level.Folders);
        Assert.Equal("a", Assert.Single(level.Objects).Key.Name);
    }

    [Fact]
    public async Task What_a_killed_run_left_is_removed_before_the_next_write_and_with_the_last_object()
    {
        using var store = await OpenAsync();
        var written = Leave("written");
        await PutAllAsync(store, ["written/a", "deleted/a"]);
        Leave("deleted");

        await store.DeleteAsync([new ObjectKey("postgres-v17/deleted/a")], Ct);

        Assert.False(File.Exists(written));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "postgres-v17", "deleted")));
    }

    [Fact]
    public async Task What_fsck_found_is_no_folder_of_the_bucket()
    {
        using var store = await OpenAsync();
        await PutAllAsync(store, ["a"]);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "lost+found"));
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "lost+found", "#12"), [1], Ct);

        Assert.Equal("postgres-v17", Assert.Single((await store.ListLevelAsync(KeyPrefix.Root, Ct)).Folders).Name);
    }

    [Fact]
    public async Task Nothing_is_below_an_object()
    {
        using var store = await OpenAsync();
        await PutAllAsync(store, ["a"]);

        var level = await store.ListLevelAsync(new KeyPrefix("postgres-v17/a/"), Ct);

        Assert.Empty(level.Folders);
        Assert.Empty(level.Objects);
    }

    [Fact]
    public async Task A_full_disk_is_said_to_be_full()
    {
        Requirement.That(Environment.IsPrivilegedProcess, "mounting a small file system needs root");
        await using var disk = await SmallDisk.MountAsync(Path.Combine(_folder.Path, "small"), "64k", Ct);
        using var store = await OpenAsync();

        var problem = await ProblemOfAsync(() => store.PutAsync(new ObjectKey("small/x"), new byte[200_000], Ct));

        Assert.Equal((ProblemCode.Stopped, "a full disk"), (problem.Code, problem.Detail));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "small")));
    }

    [Fact]
    public async Task A_write_that_fails_or_is_cancelled_leaves_no_file_behind()
    {
        using var store = await OpenAsync();
        await PutAllAsync(store, ["file", "copy/there"]);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutAsync(new ObjectKey("postgres-v17/copy/x"), new byte[10], cancelled.Token));
        var below = await ProblemOfAsync(() => store.PutAsync(new ObjectKey("postgres-v17/file/below"), new byte[10], Ct));

        Assert.Equal(ProblemCode.Unreachable, below.Code);
        Assert.Equal(["file", "there"], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_key_that_leads_out_of_the_directory_is_refused()
    {
        using var store = await OpenAsync();

        Assert.Equal(ProblemCode.Usage, (await ProblemOfAsync(() => store.PutAsync(new ObjectKey("../outside"), new byte[1], Ct))).Code);
        Assert.Equal(ProblemCode.Usage, (await ProblemOfAsync(() => store.FindAsync(new ObjectKey("a/../../outside"), Ct))).Code);
    }

    [Fact]
    public void A_directory_that_does_not_exist_is_NotFound()
    {
        var problem = Assert.Throws<RestoreException>(() => new DirectoryObjectStore(Path.Combine(_folder.Path, "missing"))).Problem;

        Assert.Equal(ProblemCode.NotFound, problem.Code);
        Assert.Contains("--bucket file:///folder", problem.Hint, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Leave(string folder)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, "postgres-v17", folder)).FullName, ".cnpg-restore-x1");
        File.WriteAllBytes(path, [1]);
        return path;
    }

    protected override Task<IObjectStore> OpenAsync() => Task.FromResult<IObjectStore>(new DirectoryObjectStore(_folder.Path));

    protected override Task UploadInPartsAsync(IObjectStore store, ObjectKey key, byte[] content) => store.PutAsync(key, content, Ct);
}
