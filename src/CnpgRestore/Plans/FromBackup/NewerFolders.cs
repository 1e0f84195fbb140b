using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>
/// A file may be older than the Cluster: after a recovery with a new lineage Git still names the former folder until somebody edits it. Whoever recovers by
/// such a file again would get the data of that day, proven and complete.
/// </summary>
/// <param name="names">The server folders that exist.</param>
sealed class NewerFolders(FromBackupRequest request, Situation situation, IReadOnlySet<string> names)
{
    /// <summary>The folder that the live Cluster archives to, where that is another one than the file says; null in the usual case.</summary>
    /// <exception cref="RestoreException">
    /// Exit 15: the live Cluster archives to another bucket; or it is gone, and a folder of its name holds newer backups of the same database than the file's.
    /// </exception>
    public async Task<FolderState?> ReadAsync(IObjectStore store, FolderState archive, CancellationToken ct)
    {
        if (situation.LiveArchive is { } live)
        {
            return !situation.IsSameBucket(live, situation.Archive!) ? throw Elsewhere(live)
                : names.Contains(live.ServerName) && await FolderState.ReadAsync(store, live.ServerName, ct) is { HasBackup: true } found ? found
                : null;
        }

        if (situation.Live is null)
        {
            await DemandNewestAsync(store, archive, ct);
        }

        return null;
    }

    // By name: a new lineage is called after the former one, or both after the first. Others are other databases, or nobody's business at 03:00.
    private async Task DemandNewestAsync(IObjectStore store, FolderState archive, CancellationToken ct)
    {
        if (archive.Catalog.Usable.LastOrDefault() is not { Info.SystemId: { } system } newest)
        {
            return;
        }

        foreach (var name in names.Where(name => FolderNames.IsGeneration(name, archive.Name) && name != situation.Source?.ServerName).Order(StringComparer.Ordinal))
        {
            var catalog = await BackupCatalog.ReadAsync(store, ServerFolder.Named(name), ct);
            if (catalog.Backups.LastOrDefault(backup => backup.Info is { LooksFinishedToCnpg: true } info && info.SystemId == system) is { } later && later.Id.CompareTo(newest.Id) > 0)
            {
                throw new RestoreException(
                    ProblemCode.Refused,
                    $"{name}/ holds a newer backup of the same database than {archive.Name}/, which the manifest names",
                    $"base backup {later.Id} in {name}/, {newest.Id} in {archive.Name}/; an earlier recovery may have begun to archive there, and Git was not edited",
                    $"say which: {Command(name)}; or: {Command(archive.Name)}");
            }
        }
    }

    private RestoreException Elsewhere(BackupFolder live) => new(
        ProblemCode.Refused,
        $"the live cluster {request.Cluster} archives to another bucket than its manifest says",
        $"it archives to {live.ServerName}/ in {live.Store?.DestinationPath ?? $"ObjectStore {live.ObjectStoreName}"}, the file to {situation.Archive!.ServerName}/: the file is older than the Cluster, or newer",
        $"to take what the live Cluster says, leave --file out; to take what the file says: {Command(situation.Archive.ServerName)}");

    private string Command(string source) => FromBackupCommandText.Of(
        request.Cluster, request.Namespace, request.Files, request.Target, request.Apply, request.Push, request.Application,
        [
            .. request.Lineage is { } lineage ? (string[])["--lineage", lineage.ToString().ToLowerInvariant()] : [],
            .. request.ArchiveName is { } archive ? (string[])["--archive-name", archive] : [],
            // A base backup lies in one of the two.
            .. request.BackupId is { } backup && source == situation.Archive!.ServerName ? (string[])["--backup-id", backup.ToString()] : [],
            "--source", source,
        ]);
}
