using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;

namespace CnpgRestore.Barman.Findings;

/// <summary>Everything that is odd about a server folder, the worst first.</summary>
public static class FolderFindings
{
    /// <param name="catalog">Judged with the same archive.</param>
    public static IReadOnlyList<Finding> Of(BackupCatalog catalog, WalArchive archive) => Sort(OfNames(catalog, archive));

    /// <param name="window">Read from the same folder: what its last segments hold counts, too.</param>
    public static IReadOnlyList<Finding> Of(BackupCatalog catalog, WalArchive archive, RecoveryWindow window) =>
        Sort(OfNames(catalog, archive).Concat(WalFindings.Of(window)));

    private static IEnumerable<Finding> OfNames(BackupCatalog catalog, WalArchive archive) =>
        BackupFindings.Of(catalog).Concat(TimelineFindings.Of(catalog, archive)).Concat(WalFindings.Of(catalog, archive));

    private static IReadOnlyList<Finding> Sort(IEnumerable<Finding> findings) => [.. findings.OrderByDescending(finding => finding.Severity)];
}
