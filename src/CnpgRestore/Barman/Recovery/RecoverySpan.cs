using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Wal;

namespace CnpgRestore.Barman.Recovery;

/// <summary>A stretch of time without a break that the folder can bring back.</summary>
/// <param name="Backups">The usable base backups that lead to the same end, oldest first.</param>
/// <param name="Route">From the oldest of them.</param>
/// <param name="Tail">What the last segment says.</param>
public sealed record RecoverySpan(IReadOnlyList<BaseBackup> Backups, RecoveryRoute Route, RecoveryPath Path, WalTail Tail)
{
    /// <summary>The end of the oldest base backup: nothing earlier is consistent.</summary>
    public DateTimeOffset First => Path.Extent.EndTime;

    /// <summary>The last commit; null where the end of the log holds none, or none later than the first moment.</summary>
    public DateTimeOffset? Last => Tail.LastCommit > First ? Tail.LastCommit : null;
}
