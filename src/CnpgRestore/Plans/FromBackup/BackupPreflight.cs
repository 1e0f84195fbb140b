using System.Globalization;
using CnpgRestore.Barman.Findings;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>Whether the new cluster can take what the backup holds.</summary>
static class BackupPreflight
{
    /// <summary>
    /// On a replay PostgreSQL stops where a standby's value is lower than the primary's was ("insufficient parameter settings",
    /// PostgreSQL manual, Administrator's Overview of hot standby).
    /// </summary>
    private static readonly string[] NeverLower =
        ["max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions", "max_locks_per_transaction"];

    public static IEnumerable<Problem> Check(RecoveryPath path, ClusterManifest manifest, ClusterManifest? live)
    {
        var backupMajor = path.Extent.Version.Major;
        if (manifest.PostgresMajor is { } major && major != backupMajor)
        {
            yield return new Problem(
                ProblemCode.Refused,
                $"PostgreSQL {major} cannot start on a backup of PostgreSQL {backupMajor}",
                $"the image is {manifest.ImageName}, base backup {path.Backup.Id} is of {path.Extent.Version}",
                $"set spec.imageName to an image of PostgreSQL {backupMajor}; upgrade after the recovery");
        }

        foreach (var tablespace in path.Backup.Info?.Tablespaces.Where(tablespace => !manifest.Tablespaces.Contains(tablespace.Name)) ?? [])
        {
            yield return new Problem(
                ProblemCode.Refused,
                $"tablespace {tablespace.Name} is in the backup and not in the manifest",
                $"spec.tablespaces names {(manifest.Tablespaces.Count == 0 ? "none" : string.Join(", ", manifest.Tablespaces))}",
                $"add {tablespace.Name} with its storage to spec.tablespaces");
        }

        foreach (var parameter in NeverLower)
        {
            if (Value(live, parameter) is { } before && Value(manifest, parameter) is { } after && after < before)
            {
                yield return new Problem(
                    ProblemCode.Refused,
                    string.Create(CultureInfo.InvariantCulture, $"{parameter} is {after} in the manifest and {before} in the cluster that wrote the WAL"),
                    "the replay stops with 'recovery aborted because of insufficient parameter settings'",
                    string.Create(CultureInfo.InvariantCulture, $"set spec.postgresql.parameters.{parameter} to at least {before}"));
            }
        }
    }

    /// <summary>
    /// Two lives of a database in one folder: their segments have the same names, and the later ones have overwritten the earlier. How far one of them goes
    /// cannot be told from names, so "to the end" means nothing; with a target, PostgreSQL says itself when it is not reached.
    /// </summary>
    public static IEnumerable<Problem> CheckHistory(FolderState origin, FromBackupRequest request, List<string> notes)
    {
        foreach (var finding in FolderFindings.Of(origin.Catalog, origin.Archive).Where(finding => finding.Kind is "two-system-ids" or "mixed-histories"))
        {
            if (request.Target is not RecoveryTarget.Latest)
            {
                notes.Add($"{origin.Name}/: {finding.Text}");
                continue;
            }

            yield return new Problem(
                ProblemCode.Refused,
                $"{origin.Name}/: {finding.Text}",
                finding.Evidence,
                $"say which life and where it ends, with --backup-id and --target-time or --target-lsn; 'cnpg-restore backups list --server {origin.Name}' shows both");
        }
    }

    private static long? Value(ClusterManifest? manifest, string parameter) =>
        manifest?.Parameters.GetValueOrDefault(parameter) is { } text && long.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;
}
