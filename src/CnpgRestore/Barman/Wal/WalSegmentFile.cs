using CnpgRestore.Compression;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>Opens a segment of the archive, decompressed.</summary>
public static class WalSegmentFile
{
    /// <exception cref="RestoreException">The segment is not there.</exception>
    public static async Task<Stream> OpenAsync(IObjectStore store, ServerFolder folder, WalSegmentName segment, CancellationToken ct)
    {
        var level = await WalLevel.ReadAsync(store, folder, segment, ct);
        var file = level.Find(segment) ?? throw new RestoreException(
            ProblemCode.WalGap,
            $"WAL segment {segment} is missing from {folder.Wals}",
            "it was there when the archive was listed, so something removes segments at this moment",
            "look for a retention policy or a lifecycle rule that is active on the folder");
#pragma warning disable CA2000 // The decompression that comes back owns it.
        return await Decompression.OpenAsync(WholeObjectStream.Open(store, file.Object), file.Compression, ct);
#pragma warning restore CA2000
    }
}
