using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;
using Microsoft.Extensions.Time.Testing;

namespace CnpgRestore.Tests.Barman;

/// <summary>A private copy of the folder that barman wrote, to be damaged at will.</summary>
sealed class GoldenFolder : IDisposable
{
    public const string FirstBackup = "20261122T175123";
    public const string FailedBackup = "20261122T175153";
    public const string CrashedBackup = "20261122T175201";
    public const string SecondBackup = "20261122T175234";

    /// <summary>As the store has it of every object.</summary>
    public static readonly DateTime LastArchived = new(2026, 11, 22, 18, 0, 0, DateTimeKind.Utc);

    private readonly string _root = Directory.CreateTempSubdirectory("cnpg-restore-").FullName;

    public GoldenFolder()
    {
        var source = Golden.Path("barman");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_root, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
            // A checkout gives every file its own time.
            File.SetLastWriteTimeUtc(target, LastArchived);
        }

        Store = new DirectoryObjectStore(_root);
    }

    public IObjectStore Store { get; }

    public ServerFolder Folder { get; } = ServerFolder.Named("postgres-v15");

    public GoldenFolder Without(string relative)
    {
        File.Delete(FullPath(relative));
        return this;
    }

    public GoldenFolder With(string relative, string content = "x")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FullPath(relative))!);
        File.WriteAllBytes(FullPath(relative), System.Text.Encoding.UTF8.GetBytes(content));
        return this;
    }

    public GoldenFolder WithCopy(string from, string to)
    {
        File.Copy(FullPath(from), FullPath(to));
        return this;
    }

    public GoldenFolder Replace(string relative, string old, string fresh)
    {
        var text = File.ReadAllText(FullPath(relative));
        Assert.Contains(old, text, StringComparison.Ordinal);
        return With(relative, text.Replace(old, fresh, StringComparison.Ordinal));
    }

    public async Task<(BackupCatalog Catalog, WalArchive Archive)> ReadAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        // Long after everything in it: what a test has just written is no sign of life.
        var archive = await WalArchive.ScanAsync(Store, Folder, new FakeTimeProvider(new DateTimeOffset(LastArchived.AddYears(10))), ct);
        return ((await BackupCatalog.ReadAsync(Store, Folder, ct)).JudgedWith(archive), archive);
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private string FullPath(string relative) => Path.Combine(_root, Folder.Name, relative);
}
