using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Postgres;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>What a decided recovery has to read, looked up anew: the base backup that was chosen, and the WAL from there to the target.</summary>
sealed class DecidedPath(IObjectStore store, FromBackupDecision decision)
{
    /// <param name="folder">The server folder, as it is named by now: a move renames it.</param>
    /// <exception cref="RestoreException">Exit 10, 14 or 15: the folder does not hold it (any more).</exception>
    public async Task<RecoveryPath> ReadAsync(string folder, CancellationToken ct)
    {
        var server = ServerFolder.Named(folder);
        var archive = await WalArchive.ScanAsync(store, server, ct);
        var catalog = (await BackupCatalog.ReadAsync(store, server, ct)).JudgedWith(archive);
        var answer = await new TargetCheck(store, catalog, archive).RunAsync(RecoveryTarget.Parse(decision.Target), BackupId.Parse(decision.BackupId, provider: null), ct);
        return answer switch
        {
            Reachability.Reachable reachable => reachable.Path,
            Reachability.Unproven unproven => unproven.Path,
            Reachability.Unreachable unreachable => throw new RestoreException(unreachable.Problem),
            _ => throw new InvalidOperationException(answer.ToString()),
        };
    }

    /// <summary>Right before the former Cluster is deleted: the proof of the plan may be hours or days old, and retention goes on.</summary>
    /// <exception cref="RestoreException">Exit 20: the backup is not there any more as it was planned with.</exception>
    public async Task DemandAsync(CancellationToken ct)
    {
        try
        {
            await ReadAsync(decision.OriginFolder, ct);
        }
        catch (RestoreException e) when (e.Problem.Code is ProblemCode.NotFound or ProblemCode.Refused or ProblemCode.WalGap)
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                $"the Cluster is not deleted: {decision.OriginFolder}/ no longer holds what the plan was made with",
                string.Join("; ", ((string?[])[e.Problem.Message, e.Problem.Detail]).OfType<string>()),
                $"cnpg-restore runs undo {decision.Run} -n {decision.Namespace}, then the same command again, which plans with what is there now");
        }
    }
}
