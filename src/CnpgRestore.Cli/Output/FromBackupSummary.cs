using CnpgRestore.LocalRestore;
using CnpgRestore.Runs.FromBackup;

namespace CnpgRestore.Cli.Output;

/// <summary>The last message of a recovery.</summary>
sealed record FromBackupSummary(
    string MessageType,
    string Run,
    string Cluster,
    string Namespace,
    string Lineage,
    string Source,
    string Archive,
    string BackupId,
    string Target,
    string ReachedLsn,
    string Timeline,
    DateTimeOffset? LastTransaction,
    string SystemIdentifier,
    IReadOnlyList<Check> Checks,
    IReadOnlyList<RecoveredDatabase> Databases,
    string FirstBackup,
    IReadOnlyList<string> Warnings,
    double Seconds)
{
    public static FromBackupSummary From(FromBackupResult result) => new(
        "summary",
        result.Decision.Run,
        result.Decision.Cluster,
        result.Decision.Namespace,
        result.Decision.Lineage.ToString().ToLowerInvariant(),
        result.Decision.Source,
        result.Decision.Archive,
        result.Decision.BackupId,
        result.Decision.Target,
        result.Reached.Lsn.ToString(),
        result.Reached.Timeline.ToString(),
        result.Reached.LastTransaction,
        result.Reached.SystemIdentifier.ToString(),
        result.Checks,
        result.Databases,
        result.FirstBackup,
        result.Warnings,
        Math.Round(result.Took.TotalSeconds, 1));
}
