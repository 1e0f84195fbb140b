using CnpgRestore.Barman;
using CnpgRestore.Compression;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// Fetches single files of the WAL archive into local files, decompressed. It tells "not in the archive" from "cannot be had now" with
/// certainty, because PostgreSQL ends the recovery on the first and must never do so on the second.
/// </summary>
public sealed class WalSource(IObjectStore store, ServerFolder folder, WalArchive archive, WalSegmentSize segmentSize, Backoff backoff) : IDisposable
{
    private const int RangesInFlight = 2;

    private readonly Dictionary<KeyPrefix, WalLevel> _levels = [];
    private readonly SemaphoreSlim _listing = new(1);

    /// <returns>False where the archive has no such segment.</returns>
    /// <exception cref="RestoreException">
    /// <see cref="ProblemCode.WalGap"/>: the scan of the archive showed the segment, and now it is gone or damaged. <see cref="ProblemCode.Unreachable"/>
    /// or <see cref="ProblemCode.AccessDenied"/>: the store does not give it, after every retry.
    /// </exception>
    public async Task<bool> FetchSegmentAsync(WalSegmentName segment, string target, CancellationToken ct)
    {
        if (await FindAsync(segment, ct) is not { } file)
        {
            return archive.Coverage(segment.Timeline, segmentSize).Contains(segment)
                ? throw Gone(segment.ToString(), null)
                : false;
        }

        await FetchAsync(file, segment.ToString(), target, segmentSize.Bytes, ct);
        return true;
    }

    /// <returns>False where the archive has no such history.</returns>
    public async Task<bool> FetchHistoryAsync(TimelineId timeline, string target, CancellationToken ct)
    {
        var file = archive.HistoryFiles.GetValueOrDefault(timeline) ?? await FindHistoryAsync(timeline, ct);
        if (file is null)
        {
            return false;
        }

        await FetchAsync(file, $"{timeline.Hex}.history", target, length: null, ct);
        return true;
    }

    public void Dispose() => _listing.Dispose();

    private async Task<ArchivedFile?> FindAsync(WalSegmentName segment, CancellationToken ct)
    {
        var prefix = folder.WalLevel(segment);
        await _listing.WaitAsync(ct);
        try
        {
            // A segment that a listing of minutes ago does not show may have been archived since.
            if (!_levels.TryGetValue(prefix, out var level) || level.Find(segment) is null)
            {
                _levels[prefix] = level = await WalLevel.ReadAsync(store, folder, segment, ct);
            }

            return level.Find(segment);
        }
        finally
        {
            _listing.Release();
        }
    }

    private async Task<ArchivedFile?> FindHistoryAsync(TimelineId timeline, CancellationToken ct)
    {
        ArchivedFile? found = null;
        foreach (var item in (await store.ListLevelAsync(folder.Wals, ct)).Objects)
        {
            if (ServerFolder.ParseWalFile(item.Key.Name) is WalFile.TimelineHistory history && history.Timeline == timeline
                && new ArchivedFile(item, history.Compression) is var file && file.IsReadBefore(found))
            {
                found = file;
            }
        }

        return found;
    }

    private async Task FetchAsync(ArchivedFile file, string name, string target, long? length, CancellationToken ct)
    {
        try
        {
            await WriteAsync(file, target, ct);
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.NotFound)
        {
            throw Gone(name, e);
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.Differences)
        {
            throw Damaged(file, e.Problem.Detail ?? e.Problem.Message, e);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(file, e.Message, e);
        }
        catch (EndOfStreamException e)
        {
            throw Damaged(file, "it ends early", e);
        }
        catch (IOException e) when (DiskErrors.IsFull(e))
        {
            throw DiskFull.Problem(target, e);
        }

        var written = new FileInfo(target).Length;
        if (length is { } expected && written != expected)
        {
            throw Damaged(file, $"it holds {written} bytes of {expected}", null);
        }
    }

    private async Task WriteAsync(ArchivedFile file, string target, CancellationToken ct)
    {
        await using var download = new DownloadStream(store, file.Object, RangesInFlight, backoff, ct);
        await using var content = await Decompression.OpenAsync(download, file.Compression, ct);
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var local = new FileStream(target, options);
        await content.CopyToAsync(local, ct);
    }

    private RestoreException Gone(string name, Exception? cause) => new(
        ProblemCode.WalGap,
        $"{name} is missing from {folder.Wals} of {store.Address}",
        "it was there when the drill began: something removes WAL while the drill runs",
        $"cnpg-restore backups check --server {folder.Name}",
        cause);

    private RestoreException Damaged(ArchivedFile file, string detail, Exception? cause) => new(
        ProblemCode.WalGap,
        $"{file.Object.Key} in {store.Address} is damaged",
        detail,
        $"drill a base backup that begins behind it (--backup-id), or stop in front of it (--target-time): cnpg-restore backups list --server {folder.Name}",
        cause);
}
