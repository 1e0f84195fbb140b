using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Manifests;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>"Expected empty archive", and which of its causes it is.</summary>
static class EmptyArchiveChecks
{
    public static IEnumerable<Finding> Look(Examination exam)
    {
        var said = LogChecks.Speaking(exam)
            .SelectMany(log => log.Lines.Select(line => (log.Place, LogRecord.Parse(line).Text)))
            .Where(line => line.Text.Contains("Expected empty archive", StringComparison.Ordinal))
            .Select(line => new Evidence(line.Place, line.Text)).Distinct().TakeLast(2).ToList();
        if (said.Count == 0)
        {
            yield break;
        }

        var destination = exam.Manifest?.Destination;
        var folder = exam.Bucket.Find(destination?.ServerName);
        if (folder is { State.Offender: { } offender })
        {
            said.Add(new Evidence($"{exam.Bucket.Address}/{folder.Name}/", $"{folder.State.Archive.WalLikeCount} WAL files, {folder.State.Catalog.Backups.Count} base backups; first met: {offender}"));
        }

        if (exam.HasPrimary && folder?.SystemIdentifier is { } system)
        {
            said.Add(new Evidence($"cluster {exam.Cluster}", $"status.systemID: {exam.State!.SystemIdentifier?.ToString() ?? "not said"}; the folder's newest base backup: {system}"));
        }

        var cause = exam.HasPrimary ? CauseWhereItServes(exam, destination, folder) : CauseOf(exam, destination, folder);
        yield return exam.Found(cause, $"Expected empty archive: {destination?.ServerName ?? exam.Cluster}/ holds WAL already", said, ("pod", exam.State?.CurrentPrimary ?? ""));
    }

    /// <summary>What the Cluster holds may be nowhere else, so that a recovery, which deletes it, is the answer only where it is proven that it never wrote this folder.</summary>
    private static Ailment CauseWhereItServes(Examination exam, BackupFolder? destination, FolderExamination? folder) => folder switch
    {
        null => StoreAilments.EmptyArchiveServing,
        _ when IsOwn(exam, destination!, folder) => StoreAilments.EmptyArchiveOwn,
        _ when exam.Manifest is { Method: not BootstrapMethod.Recovery } && IsOlder(exam, folder) => StoreAilments.EmptyArchiveRecreated,
        _ => StoreAilments.EmptyArchiveServing,
    };

    /// <summary>
    /// Of this database: initdb gives each its own identifier. A recovery keeps that of its source, and another one may have archived here before; then all of
    /// the folder has to be younger than the Cluster.
    /// </summary>
    private static bool IsOwn(Examination exam, BackupFolder destination, FolderExamination folder) =>
        folder.SystemIdentifier is { } system && system == exam.State!.SystemIdentifier?.ToString() && folder.Findings.All(finding => finding.Kind != "two-system-ids")
        && (exam.Manifest!.Method is BootstrapMethod.Initdb or BootstrapMethod.None || folder.State.Catalog.Backups.All(backup => (backup.Extent?.BeginTime ?? backup.LastModified) > exam.State.CreatedAt))
        && !exam.OtherFolders.Any(other => other.MayBe(folder.Name, destination, exam.Namespace));

    /// <summary>
    /// All of the folder is older than the Cluster, and so is no volume. An identifier that differs is no proof: pg_upgrade gives a new one, too.
    /// </summary>
    private static bool IsOlder(Examination exam, FolderExamination folder) =>
        folder.SystemIdentifier is { } system && exam.State!.SystemIdentifier?.ToString() is { } own && system != own && folder.State.Archive.Newest?.LastModified < exam.State.CreatedAt
        && folder.State.Catalog.Backups.All(backup => backup.LastModified < exam.State.CreatedAt) && !exam.Claims.Any(claim => claim.Time("metadata", "creationTimestamp") < exam.State.CreatedAt);

    private static Ailment CauseOf(Examination exam, BackupFolder? destination, FolderExamination? folder)
    {
        if (destination is null || exam.Manifest is not { } manifest)
        {
            return StoreAilments.EmptyArchive;
        }

        return manifest switch
        {
            // Both ends by themselves, before anything in the bucket.
            { Source: { } source } when source.ServerName == destination.ServerName && source.IsInBucketOf(destination, exam.Namespace) && !(destination is { IsPlugin: true, IsExplicit: false }) => StoreAilments.EmptyArchiveSameFolder,
            _ when destination is { IsPlugin: true, IsExplicit: false } => StoreAilments.EmptyArchivePluginName,
            { Method: not BootstrapMethod.Recovery } => StoreAilments.EmptyArchiveRecreated,
            _ when folder is { State.Catalog.Backups.Count: 0 } => StoreAilments.EmptyArchiveLeftover,
            _ when folder is not null => StoreAilments.EmptyArchiveUsed,
            _ => StoreAilments.EmptyArchive,
        };
    }
}
