using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Wal;

namespace CnpgRestore.Barman.Findings;

/// <summary>Everything that is odd about a server folder, the worst first.</summary>
public static class FolderFindings
{
    /// <param name="catalog">Judged with the same archive.</param>
    public static IReadOnlyList<Finding> Of(BackupCatalog catalog, WalArchive archive) =>
        [.. BackupFindings.Of(catalog).Concat(TimelineFindings.Of(catalog, archive)).Concat(WalFindings.Of(catalog, archive)).OrderByDescending(finding => finding.Severity)];
}
