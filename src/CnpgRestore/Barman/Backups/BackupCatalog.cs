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

        var read = new (BaseBackup Backup, RestoreException? Failure)[ids.Count];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = ReadsInFlight, CancellationToken = ct };
        await Parallel.ForAsync(0, ids.Count, limit, async (index, token) => read[index] = await ReadBackupAsync(store, folder, ids[index], token));

        // One backup.info that may not be read is a matter of its own; where none may be, it is one of the credentials.
        var denied = read.Where(one => one.Failure?.Problem.Code == ProblemCode.AccessDenied).ToList();
        return denied.Count > 0 && read.All(one => one.Backup.Info is null)
            ? throw new RestoreException(denied[0].Failure!.Problem, denied[0].Failure!)
            : new BackupCatalog(folder, [.. read.Select(one => one.Backup)], strays);
    }

    public BaseBackup? Find(BackupId id) => Backups.FirstOrDefault(backup => backup.Id == id);

    /// <summary>The same catalogue, with the backups that their own WAL (begin to end) does not make consistent marked as incomplete.</summary>
    public BackupCatalog JudgedWith(WalArchive archive) => new(Folder, Backups.Select(backup => Judge(backup, archive)).ToList(), StrayFolders);

    private static async Task<(BaseBackup Backup, RestoreException? Failure)> ReadBackupAsync(IObjectStore store, ServerFolder folder, BackupId id, CancellationToken ct)
    {
        var level = await store.ListLevelAsync(folder.Backup(id), ct);
        if (level.Objects.FirstOrDefault(item => ServerFolder.IsBackupInfo(item.Key)) is not { } file)
        {
            return (BaseBackup.Judge(id, level.Objects, info: null), null);
        }

        try
        {
            var backup = BaseBackup.Judge(id, level.Objects, BackupInfoParser.Parse(await ReadTextAsync(store, file, ct)));
            return (await ArchivedTarAsync(store, backup, ct) is { } tar
                ? backup with { State = BackupState.Unreadable, Why = $"{tar.Key.Name} lies in {tar.ArchiveClass}: restore it first (aws s3api restore-object)" }
                : backup, null);
        }
        catch (RestoreException e) when (e.Problem.Code is ProblemCode.Refused or ProblemCode.AccessDenied or ProblemCode.NotFound)
        {
            // Archived, closed or gone meanwhile: the other backups are as good as before.
            return (BaseBackup.Judge(id, level.Objects, info: null) with { State = BackupState.Unreadable, Why = e.Problem.Message, IsClosed = e.Problem.Code == ProblemCode.AccessDenied }, e);
        }
    }

    /// <summary>The first tar of a usable backup that must be restored from an archive storage class before it can be read; null where there is none.</summary>
    private static async Task<StoredObject?> ArchivedTarAsync(IObjectStore store, BaseBackup backup, CancellationToken ct)
    {
        if (backup.State != BackupState.Usable)
        {
            return null;
        }

        foreach (var tar in backup.Tars.SelectMany(series => series.Parts).Where(part => part.Object.ArchiveClass is not null))
        {
            if (await store.FindAsync(tar.Object.Key, ct) is { ArchiveClass: not null } archived)
            {
                return archived;
            }
        }

        return null;
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
