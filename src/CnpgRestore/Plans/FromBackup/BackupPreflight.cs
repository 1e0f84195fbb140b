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

    private static readonly Version HidesTimelines = new(1, 27, 3);
    private static readonly Version ShowsTimelines = new(1, 29, 2);

    /// <summary>Where the manifest names no PostgreSQL, the operator takes one of its own, whatever the backup is of.</summary>
    /// <param name="asCreated">The Cluster with the operator's defaults; null where they are not known.</param>
    public static Problem? CheckVersion(RecoveryPath path, ClusterManifest manifest, ClusterManifest? asCreated, List<string> notes)
    {
        var backupMajor = path.Extent.Version.Major;
        var said = manifest.PostgresMajor is null && asCreated is not null ? asCreated : manifest;
        if (said.PostgresMajor is not { } major)
        {
            notes.Add(
                $"which PostgreSQL the new Cluster gets is not known ({(said.ImageName is { } unknown ? $"the image is {unknown}" : "the manifest names no image")}): base backup {path.Backup.Id} needs {backupMajor}");
            return null;
        }

        var image = said.NamesCatalog ? $"spec.imageCatalogRef.major is {major}"
            : manifest.ImageName is null ? $"the manifest names no image, and the operator takes {said.ImageName}" : $"the image is {said.ImageName}";
        return major == backupMajor ? null : new Problem(
            ProblemCode.Refused,
            $"PostgreSQL {major} cannot start on a backup of PostgreSQL {backupMajor}",
            $"{image}, base backup {path.Backup.Id} is of {path.Extent.Version}",
            said.NamesCatalog
                ? $"set spec.imageCatalogRef.major to {backupMajor}, which the catalog has to hold; upgrade after the recovery"
                : $"set spec.imageName to an image of PostgreSQL {backupMajor}; upgrade after the recovery");
    }

    /// <summary>
    /// Since #9650 the operator keeps history files of newer timelines from an instance that is not the primary, until #10818 also from one that recovers:
    /// the recovery ends where its base backup's timeline was left. The proof at the end would find that; it can be said before.
    /// </summary>
    public static string? NoteTimelines(RecoveryPath path, Version? @operator) =>
        path.Legs.Count > 1 && @operator >= HidesTimelines && @operator < ShowsTimelines
            ? $"the recovery goes over {path.Legs.Count} timelines, and CloudNativePG {@operator} may end it at the first fork, at {path.Legs[0].SwitchLsn} (cloudnative-pg issue 10817, mended in {ShowsTimelines}): upgrade the operator first"
            : null;

    public static IEnumerable<Problem> Check(RecoveryPath path, ClusterManifest manifest, ClusterManifest? live)
    {
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
