using System.Globalization;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Manifests;

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

    private static long? Value(ClusterManifest? manifest, string parameter) =>
        manifest?.Parameters.GetValueOrDefault(parameter) is { } text && long.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;
}
