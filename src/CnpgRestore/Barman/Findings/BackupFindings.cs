using CnpgRestore.Barman.Backups;

namespace CnpgRestore.Barman.Findings;

/// <summary>What is odd about the base backups.</summary>
static class BackupFindings
{
    public static IEnumerable<Finding> Of(BackupCatalog catalog)
    {
        foreach (var backup in catalog.Backups.Where(backup => backup.State != BackupState.Usable))
        {
            yield return Unusable(backup);
        }

        if (CnpgChoice(catalog) is { State: not BackupState.Usable } chosen)
        {
            var better = catalog.Usable.LastOrDefault();
            yield return new Finding(
                FindingSeverity.Error,
                "cnpg-chooses-unusable-backup",
                $"CNPG would restore base backup {chosen.Id}, which is not usable: it looks at begin_time and end_time only",
                better is null ? "there is no usable one to pin" : $"pin recoveryTarget.backupID: \"{better.Id}\"");
        }

        var systems = catalog.Backups.Where(backup => backup.Info?.SystemId is not null).GroupBy(backup => backup.Info!.SystemId!.Value).ToList();
        if (systems.Count > 1)
        {
            yield return new Finding(
                FindingSeverity.Error,
                "two-system-ids",
                $"backups of {systems.Count} different database systems lie in one folder; their WAL has the same names",
                string.Join("; ", systems.Select(system => $"{system.Key}: {string.Join(", ", system.Select(backup => backup.Id))}")));
        }

        if (catalog.StrayFolders.Count > 0)
        {
            yield return new Finding(FindingSeverity.Note, "stray-backup-folder", "folders in base/ that are no backups", string.Join(", ", catalog.StrayFolders));
        }
    }

    /// <summary>What CNPG takes without a target: the newest backup with both times (cloudnative-pg/barman-cloud pkg/catalog/catalog.go).</summary>
    private static BaseBackup? CnpgChoice(BackupCatalog catalog) => catalog.Backups.LastOrDefault(backup => backup.Info is { LooksFinishedToCnpg: true });

    private static Finding Unusable(BaseBackup backup) => backup.State switch
    {
        BackupState.Failed => new(FindingSeverity.Warning, "failed-backup", $"base backup {backup.Id} failed", backup.Why),
        BackupState.Crashed => new(
            FindingSeverity.Warning,
            "crashed-backup",
            $"base backup {backup.Id} has no backup.info: it was killed, or is still running",
            $"{backup.Tars.Sum(series => series.Parts.Count)} tars, {backup.Size}, which nothing will ever remove"),
        BackupState.Unreadable => new(backup.IsClosed ? FindingSeverity.Error : FindingSeverity.Warning, "unreadable-backup-info", $"base backup {backup.Id} is unreadable", backup.Why),
        _ => new(FindingSeverity.Error, "incomplete-backup", $"base backup {backup.Id} says DONE and is incomplete", backup.Why),
    };
}
