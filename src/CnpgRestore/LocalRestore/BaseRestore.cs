using CnpgRestore.Barman.Backups;
using CnpgRestore.Compression;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.LocalRestore;

/// <summary>Brings the files of one base backup into a <see cref="DrillFolder"/>: downloaded, decompressed and extracted in one stream, several tars at once.</summary>
public sealed class BaseRestore(IObjectStore store, Backoff backoff)
{
    // Each tar is decompressed by one processor; more of them at once would only share the same network.
    private const int TarsAtOnce = 4;
    private const int RangesInFlight = 4;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <param name="progress">Bytes fetched so far, as stored, over all tars.</param>
    /// <returns>Members that were left out, see <see cref="TarExtraction"/>.</returns>
    public async Task<IReadOnlyList<string>> RestoreAsync(BaseBackup backup, DrillFolder folder, IProgress<long> progress, CancellationToken ct)
    {
        var tars = backup.Tars.SelectMany(series => series.Parts.Select(part => (part, Directory: DirectoryOf(series, folder)))).ToList();
        var leftOut = new List<string>();
        long fetched = 0;
        var limit = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(TarsAtOnce, Environment.ProcessorCount), CancellationToken = ct };
        await Parallel.ForEachAsync(tars, limit, async (tar, token) =>
        {
            await using var download = new DownloadStream(store, tar.part.Object, RangesInFlight, backoff, token)
            {
                Delivered = count => progress.Report(Interlocked.Add(ref fetched, count)),
            };
            var skipped = await TarExtraction.ExtractAsync(
                async () => await Decompression.OpenAsync(download, tar.part.Compression, token), tar.part.Object.Key.Value, tar.Directory, token);
            lock (leftOut)
            {
                leftOut.AddRange(skipped);
            }
        });

        LinkTablespaces(backup, folder);
        DemandComplete(backup, folder);
        return leftOut;
    }

    private static string DirectoryOf(TarSeries series, DrillFolder folder)
    {
        var directory = series.TablespaceOid is { } oid ? folder.Tablespace(oid) : folder.Data;
        Directory.CreateDirectory(directory, OwnerOnly);
        return directory;
    }

    private static void LinkTablespaces(BaseBackup backup, DrillFolder folder)
    {
        var links = Path.Combine(folder.Data, "pg_tblspc");
        Directory.CreateDirectory(links, OwnerOnly);
        foreach (var series in backup.Tars)
        {
            if (series.TablespaceOid is { } oid)
            {
                File.CreateSymbolicLink(Path.Combine(links, oid.ToString(System.Globalization.CultureInfo.InvariantCulture)), folder.Tablespace(oid));
            }
        }
    }

    /// <summary>
    /// backup_label is the last member of the last tar (barman/cloud.py): without it PostgreSQL would take the copy for a crashed server and
    /// replay from the wrong place, without a word.
    /// </summary>
    private static void DemandComplete(BaseBackup backup, DrillFolder folder)
    {
        foreach (var name in new[] { "PG_VERSION", "global/pg_control", "backup_label" })
        {
            if (!File.Exists(Path.Combine(folder.Data, name)))
            {
                throw new RestoreException(
                    ProblemCode.Differences,
                    $"base backup {backup.Id} is incomplete",
                    $"none of its tars holds {name}",
                    "look for another base backup with cnpg-restore backups list --server NAME; drill it with --backup-id");
            }
        }
    }
}
