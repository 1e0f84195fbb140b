using System.Formats.Tar;
using System.Text;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// Writes the members of one base backup tar below a directory, straight from the stream, with the modes that PostgreSQL demands (0700 and 0600).
/// A file that is already there is an error: Barman never writes one file into two tars, so the order of the tars does not matter.
/// </summary>
public static class TarExtraction
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int CopyBuffer = 256 << 10;

    // NAME_MAX of Linux, and a quarter of its PATH_MAX.
    private const int LongestName = 255;
    private const int LongestPath = 1024;

    /// <param name="open">Opens the tar, decompressed; some codecs read their first block then. It is read to its very end: a compression's checksum stands behind the last member.</param>
    /// <param name="name">The tar's own name, for messages.</param>
    /// <returns>Members that were left out: symbolic links point out of the backup, and what they point at is not in it.</returns>
    /// <exception cref="RestoreException"><see cref="ProblemCode.Differences"/> where the tar is damaged or ends early, <see cref="ProblemCode.Stopped"/> on a full disk.</exception>
    public static async Task<IReadOnlyList<string>> ExtractAsync(Func<Task<Stream>> open, string name, string directory, CancellationToken ct)
    {
        var leftOut = new List<string>();
        var lastMember = "none";
        try
        {
            await using var tar = await open();
            await using var reader = new TarReader(tar, leaveOpen: true);
            while (await reader.GetNextEntryAsync(copyData: false, ct) is { } member)
            {
                lastMember = member.Name;
                if (!await WriteAsync(member, name, directory, ct))
                {
                    leftOut.Add(member.Name);
                }
            }

            await tar.CopyToAsync(Stream.Null, ct);
        }
        catch (EndOfStreamException e)
        {
            // TarReader demands the two zero blocks at the end, so a tar cut between two members is noticed as well.
            throw new RestoreException(ProblemCode.Differences, $"{name} is truncated", $"it ends after the member {lastMember} began", Another, e);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or ArgumentException or OverflowException)
        {
            throw new RestoreException(ProblemCode.Differences, $"{name} is damaged", $"behind the member {lastMember}: {e.Message}", Another, e);
        }
        catch (IOException e) when (DiskErrors.IsFull(e))
        {
            throw DiskFull.Problem(directory, e);
        }

        return leftOut;
    }

    private const string Another = "look for another base backup with cnpg-restore backups list --server NAME; drill it with --backup-id";

    private static async Task<bool> WriteAsync(TarEntry member, string tar, string directory, CancellationToken ct)
    {
        var relative = RelativePath(member.Name, tar);
        var path = Path.Combine(directory, relative);
        switch (member.EntryType)
        {
            case TarEntryType.Directory:
                MakeFolder(path, member.Name, tar);
                return true;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile when relative.Length > 0:
                MakeFolder(Path.GetDirectoryName(path)!, member.Name, tar);
                await WriteFileAsync(member, path, tar, ct);
                return true;
            case TarEntryType.SymbolicLink:
                return false;
            default:
                throw Unexpected(tar, $"the member {member.Name} is of type {member.EntryType}");
        }
    }

    private static void MakeFolder(string path, string member, string tar)
    {
        if (File.Exists(path))
        {
            throw Unexpected(tar, $"the member {member} lies in what is a file already");
        }

        if (!Directory.Exists(path))
        {
            // The mode that CreateDirectory is given counts for the last folder only.
            MakeFolder(Path.GetDirectoryName(path)!, member, tar);
            Directory.CreateDirectory(path, DirectoryMode);
        }
    }

    private static async Task WriteFileAsync(TarEntry member, string path, string tar, CancellationToken ct)
    {
        if (Path.Exists(path))
        {
            throw Unexpected(tar, $"the member {member.Name} was already restored");
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = FileMode0600 };
        await using var file = new FileStream(path, options);
        if (member.DataStream is { } content)
        {
            await content.CopyToAsync(file, CopyBuffer, ct);
        }
    }

    private static string RelativePath(string memberName, string tar)
    {
        var segments = memberName.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment != ".").ToArray();
        if (memberName.StartsWith('/') || segments.Contains(".."))
        {
            throw Unexpected(tar, $"the member {memberName} leads out of the data directory");
        }

        if (segments.Any(segment => Encoding.UTF8.GetByteCount(segment) > LongestName) || memberName.Length > LongestPath)
        {
            throw Unexpected(tar, $"the member {memberName[..80]}... has a name that no disk takes");
        }

        return string.Join('/', segments);
    }

    private static RestoreException Unexpected(string tar, string detail) =>
        new(ProblemCode.Differences, $"{tar} is not a base backup as Barman writes it", detail, Another);
}
