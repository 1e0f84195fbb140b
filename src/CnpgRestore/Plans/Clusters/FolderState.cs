using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Plans.Clusters;

/// <summary>What lies in one server folder.</summary>
/// <param name="Offender">An object that makes Barman say "Expected empty archive"; null where a new cluster may archive here.</param>
public sealed record FolderState(string Name, BackupCatalog Catalog, WalArchive Archive, ObjectKey? Offender)
{
    public bool HasBackup => Catalog.Usable.Any();

    public bool MayBeArchivedTo => Offender is null;

    /// <summary>Neither base backups nor WAL.</summary>
    public bool IsEmpty => Offender is null && Catalog.Backups.Count == 0;

    public static async Task<FolderState> ReadAsync(IObjectStore store, string name, CancellationToken ct)
    {
        var folder = ServerFolder.Named(name);
        var archive = await WalArchive.ScanAsync(store, folder, ct);
        var catalog = (await BackupCatalog.ReadAsync(store, folder, ct)).JudgedWith(archive);
        return new FolderState(name, catalog, archive, await EmptyArchiveCheck.FindOffenderAsync(store, folder, ct));
    }

    /// <summary>The newest usable backup; null where there is none.</summary>
    public BackupId? Newest => Catalog.Usable.LastOrDefault()?.Id;

    /// <summary>Of the newest usable backup: <c>17</c>; null where there is none, or it does not say.</summary>
    public int? PostgresMajor => Catalog.Usable.LastOrDefault()?.Info?.Version?.Major;
}
