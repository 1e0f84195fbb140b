using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Wal;

/// <summary>
/// The segments in one folder below <c>wals/</c> (4 GiB of WAL) with the way each is stored. One listing finds 256 neighbours, where a
/// question per segment would try seven suffixes.
/// </summary>
public sealed class WalLevel
{
    private readonly Dictionary<WalSegmentName, ArchivedFile> _segments = [];

    private WalLevel(KeyPrefix prefix)
    {
        Prefix = prefix;
    }

    public KeyPrefix Prefix { get; }

    /// <summary>Reads the level that holds <paramref name="segment"/>.</summary>
    public static async Task<WalLevel> ReadAsync(IObjectStore store, ServerFolder folder, WalSegmentName segment, CancellationToken ct)
    {
        var level = new WalLevel(folder.WalLevel(segment));
        foreach (var item in (await store.ListLevelAsync(level.Prefix, ct)).Objects)
        {
            // A .partial is never served: its timeline was left before its end.
            if (ServerFolder.ParseWalFile(item.Key.Name) is WalFile.Segment(var name, var compression)
                && new ArchivedFile(item, compression) is var file && file.IsReadBefore(level.Find(name)))
            {
                level._segments[name] = file;
            }
        }

        return level;
    }

    public ArchivedFile? Find(WalSegmentName segment) => _segments.GetValueOrDefault(segment);
}
