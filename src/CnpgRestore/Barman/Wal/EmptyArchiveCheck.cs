using CnpgRestore.ObjectStore;

namespace CnpgRestore.Barman.Wal;

/// <summary>
/// Predicts <c>barman-cloud-check-wal-archive</c>, which CNPG runs before it lets a new cluster archive: any object below <c>wals/</c> with
/// a WAL-like name, at any depth, is answered with "Expected empty archive" (barman/clients/cloud_check_wal_archive.py, barman/xlog.py).
/// What lies in <c>base/</c> does not count.
/// </summary>
public static class EmptyArchiveCheck
{
    /// <summary>Some object that makes the check fail, or null where it would pass. Stops at the first one found.</summary>
    public static async Task<ObjectKey?> FindOffenderAsync(IObjectStore store, ServerFolder folder, CancellationToken ct)
    {
        await foreach (var item in store.ListAsync(folder.Wals, ct))
        {
            if (ServerFolder.ParseWalFile(item.Key.Name) is not WalFile.Stray)
            {
                return item.Key;
            }
        }

        return null;
    }
}
