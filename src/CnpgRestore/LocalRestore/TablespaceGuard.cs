using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// Looks into every WAL segment before PostgreSQL gets it. The replay of CREATE TABLESPACE takes the folder of the original server into use where this
/// machine has one of that name, and writes into it, whoever else does (create_tablespace_directories in src/backend/commands/tablespace.c).
/// Tablespaces of the base backup are no danger: they are linked to folders of the drill. Not for concurrent use.
/// </summary>
/// <param name="begin">Where the base backup begins: what lies before it is not replayed.</param>
public sealed class TablespaceGuard(WalSegmentSize size, Lsn begin)
{
    private const int ReadAhead = 64 << 10;

    private readonly WalReader _reader = new(size);
    private Lsn _seen;

    /// <param name="file">The segment, decompressed. The segments come in the order of the replay; one that was looked into before is passed over.</param>
    /// <exception cref="RestoreException"><see cref="ProblemCode.Refused"/>: the replay would write into a folder outside the drill.</exception>
    public async Task CheckAsync(WalSegmentName segment, string file, CancellationToken ct)
    {
        var end = segment.EndLsn(size);
        if (end <= _seen)
        {
            return;
        }

        await using var wal = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, ReadAhead);
        try
        {
            await foreach (var item in _reader.ReadAsync(segment, wal, ct))
            {
                if (item is WalEvent.TablespaceCreation { Location: var location } && item.Start >= begin && Path.IsPathRooted(location) && Directory.Exists(location))
                {
                    throw new RestoreException(
                        ProblemCode.Refused,
                        $"the drill would write into {location}, a folder of this machine",
                        $"a tablespace was created there after the base backup, at {item.Start} in WAL segment {segment}, and the replay would put its files there again",
                        $"drill on a machine or in a container without {location}; or {KnownFailure.NewerBackup}");
                }
            }
        }
        catch (InvalidDataException)
        {
            // Not the segment that it should be: PostgreSQL finds that, too, and reads none of it.
        }

        _seen = end;
    }
}
