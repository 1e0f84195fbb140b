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
        if (exam.Bucket.Find(destination?.ServerName) is { State.Offender: { } offender } folder)
        {
            said.Add(new Evidence($"{exam.Bucket.Address}/{folder.Name}/", $"{folder.State.Archive.WalLikeCount} WAL files, {folder.State.Catalog.Backups.Count} base backups; first met: {offender}"));
        }

        yield return exam.Found(CauseOf(exam, destination), $"Expected empty archive: {destination?.ServerName ?? exam.Cluster}/ holds WAL already", said);
    }

    private static Ailment CauseOf(Examination exam, BackupFolder? destination)
    {
        if (destination is null || exam.Manifest is not { } manifest)
        {
            return StoreAilments.EmptyArchive;
        }

        var folder = exam.Bucket.Find(destination.ServerName);
        return manifest switch
        {
            // Both ends by themselves, before anything in the bucket.
            { Source: { } source } when source.ServerName == destination.ServerName && !(destination is { IsPlugin: true, IsExplicit: false }) => StoreAilments.EmptyArchiveSameFolder,
            _ when destination is { IsPlugin: true, IsExplicit: false } => StoreAilments.EmptyArchivePluginName,
            { Method: not BootstrapMethod.Recovery } => StoreAilments.EmptyArchiveRecreated,
            _ when folder is { State.Catalog.Backups.Count: 0 } => StoreAilments.EmptyArchiveLeftover,
            _ when folder is not null => StoreAilments.EmptyArchiveUsed,
            _ => StoreAilments.EmptyArchive,
        };
    }
}
