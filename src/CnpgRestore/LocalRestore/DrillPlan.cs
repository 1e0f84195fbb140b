using System.Diagnostics;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.LocalRestore;

/// <summary>Everything that is decided before the first byte of the backup is downloaded.</summary>
/// <param name="Path">What the recovery is going to read.</param>
/// <param name="Whole">The same recovery without a target: to the end of the archive.</param>
/// <param name="Proof">What says that the target can be reached, or why only the replay can tell.</param>
public sealed record DrillPlan(WalArchive Archive, RecoveryPath Path, RecoveryPath Whole, string Proof, PostgresBinaries Binaries)
{
    /// <summary>Reads the catalogue, chooses the base backup, and proves that the target can be reached and that it can be replayed here.</summary>
    /// <exception cref="RestoreException">
    /// <see cref="ProblemCode.NotFound"/> or <see cref="ProblemCode.WalGap"/>: the target cannot be reached. <see cref="ProblemCode.Refused"/>: not on this machine.
    /// </exception>
    public static async Task<DrillPlan> MakeAsync(IObjectStore store, DrillRequest request, TimeProvider clock, CancellationToken ct)
    {
        LocalPostgres.RefuseRoot(request.Server.Name);
        var archive = await WalArchive.ScanAsync(store, request.Server, clock, ct);
        var catalog = (await BackupCatalog.ReadAsync(store, request.Server, ct)).JudgedWith(archive);
        var (path, proof) = await new TargetCheck(store, catalog, archive).RunAsync(request.Target, request.Backup, ct) switch
        {
            Reachability.Reachable reachable => (reachable.Path, reachable.Proof),
            Reachability.Unproven unproven => (unproven.Path, unproven.Why),
            Reachability.Unreachable unreachable => throw new RestoreException(unreachable.Problem),
            _ => throw new UnreachableException(),
        };
        var whole = RecoveryRoute.Find(path.Backup, archive).Path ?? path;
        return new DrillPlan(archive, path, whole, proof, await PostgresBinaries.FindAsync(path.Extent.Version, request.Binaries, request.SearchPath, ct));
    }
}
