using System.Text;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// The local folder of one drill, and what lies in it. Everything is on one file system, so that a WAL segment is handed to PostgreSQL by a rename.
/// Readable by its owner only: it holds a whole database.
/// </summary>
public sealed class DrillFolder
{
    // sun_path holds 108 bytes with its final zero; the longest name in the socket folder is .s.PGSQL.5432.lock.
    private const int LongestSocketFolder = 107 - 19;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly bool _isOurs;

    private DrillFolder(string root, bool isOurs)
    {
        Root = root;
        _isOurs = isOurs;
    }

    public string Root { get; }

    public string Data => Path.Combine(Root, "pgdata");

    /// <summary>Each tablespace below its oid; where it was mounted originally does not exist here.</summary>
    public string Tablespaces => Path.Combine(Root, "tablespaces");

    public string Tablespace(uint oid) => Path.Combine(Tablespaces, oid.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public string WalSpool => Path.Combine(Root, "wal");

    /// <summary>Unix sockets of PostgreSQL and of the WAL delivery.</summary>
    public string Sockets => Path.Combine(Root, "run");

    public string WalSocket => Path.Combine(Sockets, "wal");

    /// <summary>The configuration files of the original server, which name paths and certificates of a pod.</summary>
    public string OriginalConfiguration => Path.Combine(Root, "original-configuration");

    public string Log => Path.Combine(Root, "postgres.log");

    /// <summary>Makes the folder, or takes an empty one.</summary>
    /// <param name="path">Null: a new one below the folder for temporary files.</param>
    /// <exception cref="RestoreException"><see cref="ProblemCode.Refused"/>: not empty, not writable, or too long for a Unix socket.</exception>
    public static DrillFolder Create(string? path)
    {
        try
        {
            var root = path is null ? Directory.CreateTempSubdirectory("cnpg-restore-drill-").FullName : Path.GetFullPath(path);
            var folder = new DrillFolder(root, isOurs: path is null || !Directory.Exists(root));
            if (Encoding.UTF8.GetByteCount(folder.Sockets) > LongestSocketFolder)
            {
                throw Refused($"the path {folder.Root} is too long", $"a Unix socket inside it may have {LongestSocketFolder} bytes before its name");
            }

            if (Directory.Exists(folder.Root) && Directory.EnumerateFileSystemEntries(folder.Root).Any())
            {
                throw Refused($"{folder.Root} is not empty", "a drill restores into a new or an empty folder and deletes nothing that it did not write");
            }

            foreach (var part in new[] { folder.Root, folder.Data, folder.Tablespaces, folder.WalSpool, folder.Sockets, folder.OriginalConfiguration })
            {
                Directory.CreateDirectory(part, OwnerOnly);
            }

            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused($"{path} cannot be used", e.Message, e);
        }
    }

    /// <summary>Bytes that this user may still write to the disk of this folder.</summary>
    public ByteSize FreeSpace() => new(new DriveInfo(Root).AvailableFreeSpace);

    /// <summary>Everything in it, and the folder itself unless it was there before: it may be a mount point.</summary>
    public void Delete()
    {
        if (_isOurs)
        {
            Directory.Delete(Root, recursive: true);
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(Root))
        {
            Directory.Delete(folder, recursive: true);
        }

        File.Delete(Log);
    }

    private static RestoreException Refused(string message, string detail, Exception? cause = null) =>
        new(ProblemCode.Refused, message, detail, "add --to DIR, with a DIR that does not exist yet", cause);
}
