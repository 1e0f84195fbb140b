using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Backups;

/// <summary>Every base backup of one server, read from the folder itself: no operator, no database and no barman is asked.</summary>
public sealed class BackupCatalog
{
    // Each backup costs one listing and one small read; more in flight gains nothing on catalogues of usual size.
    private const int ReadsInFlight = 16;

    private BackupCatalog(ServerFolder folder, IReadOnlyList<BaseBackup> backups, IReadOnlyList<string> strayFolders)
    {
        Folder = folder;
        Backups = backups;
        StrayFolders = strayFolders;
    }

    public ServerFolder Folder { get; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<BaseBackup> Backups { get; }

    /// <summary>Names below <c>base/</c> that are no backup ids.</summary>
    public IReadOnlyList<string> StrayFolders { get; }

    /// <summary>Oldest first.</summary>
    public IEnumerable<BaseBackup> Usable => Backups.Where(backup => backup.State == BackupState.Usable);

    /// <summary>As the newest backup that knows it says; 16 MiB where none does.</summary>
    public WalSegmentSize SegmentSize => Backups.LastOrDefault(backup => backup.Info?.SegmentSize is not null)?.Info?.SegmentSize ?? WalSegmentSize.Default;

    public static async Task<BackupCatalog> ReadAsync(IObjectStore store, ServerFolder folder, CancellationToken ct)
    {
        var level = await store.ListLevelAsync(folder.Base, ct);
        var ids = new List<BackupId>();
        var strays = new List<string>();
        foreach (var name in level.Folders.Select(prefix => prefix.Name).Order(StringComparer.Ordinal))
        {
            if (BackupId.TryParse(name, provider: null, out var id))
            {
                ids.Add(id);
            }
            else
            {
                strays.Add(name);
            }
        }

        var backups = new BaseBackup[ids.Count];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = ReadsInFlight, CancellationToken = ct };
        await Parallel.ForAsync(0, ids.Count, limit, async (index, token) => backups[index] = await ReadBackupAsync(store, folder, ids[index], token));
        return new BackupCatalog(folder, backups, strays);
    }

    public BaseBackup? Find(BackupId id) => Backups.FirstOrDefault(backup => backup.Id == id);

    /// <summary>The same catalogue, with the backups that their own WAL (begin to end) does not make consistent marked as incomplete.</summary>
    public BackupCatalog JudgedWith(WalArchive archive) => new(Folder, Backups.Select(backup => Judge(backup, archive)).ToList(), StrayFolders);

    private static async Task<BaseBackup> ReadBackupAsync(IObjectStore store, ServerFolder folder, BackupId id, CancellationToken ct)
    {
        var level = await store.ListLevelAsync(folder.Backup(id), ct);
        var info = level.Objects.FirstOrDefault(item => ServerFolder.IsBackupInfo(item.Key)) is { } file
            ? BackupInfoParser.Parse(await ReadTextAsync(store, file, ct))
            : null;
        return BaseBackup.Judge(id, level.Objects, info);
    }

    private static async Task<string> ReadTextAsync(IObjectStore store, StoredObject item, CancellationToken ct)
    {
        using var reader = new StreamReader(WholeObjectStream.Open(store, item));
        return await reader.ReadToEndAsync(ct);
    }

    private static BaseBackup Judge(BaseBackup backup, WalArchive archive)
    {
        if (backup.State != BackupState.Usable || backup.Extent is not { } extent)
        {
            return backup;
        }

        var coverage = archive.Coverage(extent.Timeline, extent.SegmentSize);
        return coverage.FirstMissing(extent.BeginWal, extent.EndWal) is { } missing
            ? backup with { State = BackupState.Incomplete, Why = $"WAL segment {missing} is missing, and without {extent.BeginWal} to {extent.EndWal} it is not consistent" }
            : backup;
    }
}
