namespace CnpgRestore.Dumps;

/// <summary>Where dumps lie: a folder of this machine, or a volume that a pod reads. Paths are those of the place.</summary>
public interface IDumpPlace
{
    /// <summary>Whether pg_restore of this machine can be given a path.</summary>
    bool IsHere { get; }

    /// <summary>
    /// Everything in a folder and in the folders of it, hidden files excepted; of the folders in those, a <c>toc.dat</c> alone. A folder in it that is
    /// closed to this user comes with its <see cref="PlacedFile.Refusal"/>.
    /// </summary>
    /// <exception cref="RestoreException">Exit 10: it does not exist. 12: it may not be read.</exception>
    Task<IReadOnlyList<PlacedFile>> ListAsync(string folder, CancellationToken ct);

    /// <summary>Symbolic links followed; null where nothing is there.</summary>
    /// <exception cref="RestoreException">Exit 12: a folder of the path may not be entered, which the message names.</exception>
    Task<PlacedFile?> FindAsync(string path, CancellationToken ct);

    /// <summary>The bytes of a file. Its position tells how far the reading has come.</summary>
    /// <exception cref="RestoreException">Exit 10: it does not exist. 12: it may not be read.</exception>
    /// <exception cref="InvalidDataException">While it is read: it cannot be read any further.</exception>
    Task<Stream> OpenAsync(string path, CancellationToken ct);

    /// <summary>What pg_restore makes of an archive, as SQL; where the place has a pg_restore of its own. Its end throws where that stops early.</summary>
    /// <param name="options">For pg_restore: <c>--clean</c>.</param>
    /// <exception cref="RestoreException">Exit 10: it does not exist. 12: it may not be read. 15: the place has no program that unpacks it.</exception>
    Task<Stream> ScriptAsync(DumpFile file, IReadOnlyList<string> options, CancellationToken ct);

    /// <summary>What a program of the place says of its version: psql, or this one; empty where it has none.</summary>
    Task<string> VersionAsync(string program, CancellationToken ct);
}

/// <summary>A file, or a folder, of a place.</summary>
/// <param name="Path">As it is named there.</param>
/// <param name="Target">What <paramref name="Path"/> leads to: itself, where it is no symbolic link.</param>
/// <param name="Identity">The same for hard links of one file; null for a link that leads nowhere.</param>
public sealed record PlacedFile(string Path, string Target, bool IsLink, bool IsFolder, string? Identity, ByteSize Size, DateTimeOffset LastWritten)
{
    /// <summary>Why a folder may not be looked into; null where it may.</summary>
    public Problem? Refusal { get; init; }
}
