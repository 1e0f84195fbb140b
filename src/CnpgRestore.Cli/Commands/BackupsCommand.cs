using System.CommandLine;
using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>backups list | show | check</c>: reads a server folder with nothing else alive.</summary>
static class BackupsCommand
{
    public static Command Create(TimeProvider clock) =>
        new("backups", "What a bucket holds: base backups, WAL, and the earliest and latest moment you can recover to. Reads only.")
        {
            BackupsListCommand.Create(clock),
            BackupsShowCommand.Create(clock),
            BackupsCheckCommand.Create(clock),
        };

    /// <summary>The two halves of a folder, read at the same time.</summary>
    /// <exception cref="RestoreException">Exit 10: the folder holds no base backup.</exception>
    public static async Task<(BackupCatalog Catalog, WalArchive Archive)> ReadAsync(IObjectStore store, ServerFolder folder, TimeProvider clock, CancellationToken ct)
    {
        var catalog = BackupCatalog.ReadAsync(store, folder, ct);
        var archive = WalArchive.ScanAsync(store, folder, clock, ct);
        await Task.WhenAll(catalog, archive);
        var (backups, wal) = (await catalog, await archive);
        if (backups.Backups.Count == 0)
        {
            throw new RestoreException(
                ProblemCode.NotFound,
                $"Cannot find backup: {folder.Base} in {store.Address} holds no base backup",
                wal.WalLikeCount == 0 ? "its wals/ is empty too" : $"its wals/ holds {wal.WalLikeCount} objects, which no recovery can use without a base backup",
                "name another folder: cnpg-restore backups list --server NAME");
        }

        return (backups.JudgedWith(wal), wal);
    }
}
