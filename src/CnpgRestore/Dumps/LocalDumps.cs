using CnpgRestore.Dumps.Folder;

namespace CnpgRestore.Dumps;

/// <summary>The disks of this machine, mounted shares among them.</summary>
public sealed class LocalDumps : IDumpPlace
{
    // In the root of an ext4 volume, for root alone: what fsck has found of files (e2fsck manual page). Whoever else lists the volume may not enter it.
    private const string Fragments = "lost+found";

    private LocalDumps()
    {
    }

    public static LocalDumps Instance { get; } = new();

    public bool IsHere => true;

    public Task<IReadOnlyList<PlacedFile>> ListAsync(string folder, CancellationToken ct)
    {
        try
        {
            var found = new List<PlacedFile>();
            foreach (var entry in Visible(folder))
            {
                found.Add(Of(entry));
                foreach (var inner in entry is DirectoryInfo ? Visible(entry.FullName) : [])
                {
                    found.Add(Of(inner));
                    found.AddRange(inner is DirectoryInfo && new FileInfo(System.IO.Path.Combine(inner.FullName, "toc.dat")) is { Exists: true } toc ? [Of(toc)] : []);
                }
            }

            return Task.FromResult<IReadOnlyList<PlacedFile>>(found);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(folder, e);
        }
    }

    public Task<PlacedFile?> FindAsync(string path, CancellationToken ct)
    {
        FileSystemInfo entry = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        return Task.FromResult(entry.Exists ? Of(entry) : null);
    }

    public Task<Stream> OpenAsync(string path, CancellationToken ct)
    {
        try
        {
            return Task.FromResult<Stream>(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16, FileOptions.SequentialScan));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    public Task<Stream> ScriptAsync(DumpFile file, IReadOnlyList<string> options, CancellationToken ct) => throw new NotSupportedException("pg_restore runs beside this program");

    public Task<string> VersionAsync(string program, CancellationToken ct) => throw new NotSupportedException("programs run beside this one");

    private static IEnumerable<FileSystemInfo> Visible(string folder) =>
        new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => !entry.Name.StartsWith('.') && entry.Name != Fragments).OrderBy(entry => entry.Name, StringComparer.Ordinal);

    private static PlacedFile Of(FileSystemInfo entry)
    {
        var target = entry.LinkTarget is null ? entry : entry.ResolveLinkTarget(returnFinalTarget: true);
        var isThere = target is { Exists: true };
        var path = target?.FullName ?? entry.FullName;
        return new PlacedFile(
            entry.FullName,
            path,
            entry.LinkTarget is not null,
            target is DirectoryInfo,
            !isThere ? null : FileIdentity.Of(path) is { } identity ? identity.ToString() : path,
            new ByteSize(isThere && target is FileInfo file ? file.Length : 0),
            isThere ? new DateTimeOffset(target!.LastWriteTimeUtc) : default);
    }

    private static RestoreException Unreadable(string path, Exception e) => e is FileNotFoundException or DirectoryNotFoundException
        ? new RestoreException(ProblemCode.NotFound, $"Backup file not found: {path}", "the share may not be mounted", "'cnpg-restore dumps list FOLDER' shows what is there", e)
        : new RestoreException(ProblemCode.AccessDenied, $"Permission denied: {path} cannot be read", e.Message, "an NFS export may map your user to nobody; read it as the user that wrote it", e);
}
