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
            return Task.FromResult<IReadOnlyList<PlacedFile>>([.. Visible(folder).SelectMany(entry => entry is DirectoryInfo ? Inside(entry) : [Of(entry)])]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(folder, e);
        }
    }

    public Task<PlacedFile?> FindAsync(string path, CancellationToken ct)
    {
        try
        {
            FileSystemInfo entry = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
            return Task.FromResult(IsThere(path) && entry.Exists ? Of(entry) : null);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unreadable(ClosedAbove(path), e);
        }
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

    /// <summary>A folder with what is in it. One that is closed to this user hides no other; that it is there, they must be told.</summary>
    private static IReadOnlyList<PlacedFile> Inside(FileSystemInfo folder) =>
        Entered(folder, () => [Of(folder), .. Visible(folder.FullName).SelectMany(inner => inner is DirectoryInfo ? Deeper(inner) : [Of(inner)])]);

    /// <summary>A folder, which may be a dump: of its files, that one alone tells.</summary>
    private static IReadOnlyList<PlacedFile> Deeper(FileSystemInfo folder) => Entered(folder, () =>
    {
        var toc = System.IO.Path.Combine(folder.FullName, "toc.dat");
        return IsThere(toc) ? [Of(folder), Of(new FileInfo(toc))] : [Of(folder)];
    });

    private static IReadOnlyList<PlacedFile> Entered(FileSystemInfo folder, Func<IReadOnlyList<PlacedFile>> list)
    {
        try
        {
            return list();
        }
        catch (DirectoryNotFoundException)
        {
            // Gone meanwhile: a backup program tidies up.
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Of(folder) with { Refusal = Unreadable(folder.FullName, e).Problem }];
        }
    }

    private static IEnumerable<FileSystemInfo> Visible(string folder)
    {
        // A folder that may be listed and not entered shows names, and every file behind them as missing.
        _ = IsThere(System.IO.Path.Combine(folder, "toc.dat"));
        return new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => !entry.Name.StartsWith('.') && entry.Name != Fragments).OrderBy(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <exception cref="UnauthorizedAccessException">A folder of the path may not be entered: nobody can tell.</exception>
    private static bool IsThere(string path)
    {
        try
        {
            _ = File.GetAttributes(path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Of the folders of a path, the first that may not be entered: what lies in it cannot even be seen.</summary>
    private static string ClosedAbove(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path));
        while (folder is not null && !Directory.Exists(folder))
        {
            folder = System.IO.Path.GetDirectoryName(folder);
        }

        return folder ?? path;
    }

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
