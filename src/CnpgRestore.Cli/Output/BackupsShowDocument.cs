using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;

namespace CnpgRestore.Cli.Output;

/// <summary>The result of <c>backups show -o json</c>.</summary>
/// <param name="ReachesSegment">How far recovery comes from this backup; absent where it cannot start.</param>
sealed record BackupsShowDocument(string Server, BackupItem Backup, string? ReachesSegment, string? MissingSegment, string? Refusal)
{
    public static BackupsShowDocument From(ServerFolder folder, BaseBackup backup, RecoveryRoute route) =>
        new(folder.Name, BackupItem.From(backup), route.Path?.LastSegment.ToString(), route.Gap?.ToString(), route.Refusal);
}
