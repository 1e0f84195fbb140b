using CnpgRestore.Compression;

namespace CnpgRestore.Dumps;

/// <summary>One dump on a disk, recognised by its content.</summary>
/// <param name="Path">A file, or a folder in directory format.</param>
/// <param name="Size">On the disk; of a folder, all its files.</param>
/// <param name="LastWritten">When the last byte was written, as the disk says.</param>
public sealed record DumpFile(string Path, ByteSize Size, DateTimeOffset LastWritten, ArchiveCompression Compression, DumpFormat Format)
{
    /// <summary>Why the first bytes could not even be decompressed; null where they could.</summary>
    public string? Damage { get; init; }

    /// <summary>Why it could not be opened, in a folder whose other dumps could; of a folder in it, why nobody sees what it holds. Null where it could.</summary>
    public Problem? Refusal { get; init; }

    /// <summary>Where <see cref="Path"/> is one.</summary>
    public IDumpPlace Place { get; init; } = LocalDumps.Instance;

    /// <summary>On this machine.</summary>
    /// <exception cref="RestoreException">Exit 10: it does not exist. 12: it may not be read.</exception>
    public static Task<DumpFile> OpenAsync(string path, CancellationToken ct) => OpenAsync(LocalDumps.Instance, path, ct);

    /// <exception cref="RestoreException">Exit 10: it does not exist. 12: it may not be read.</exception>
    public static async Task<DumpFile> OpenAsync(IDumpPlace place, string path, CancellationToken ct)
    {
        var found = await place.FindAsync(path, ct);
        // What is not there says so itself when it is opened.
        return found is { IsFolder: true } ? await OfFolderAsync(place, path, ct) : await OfFileAsync(place, path, found, ct);
    }

    /// <summary>The text of the dump from its beginning, decompressed.</summary>
    /// <exception cref="RestoreException">Exit 10: it does not exist. 12: it may not be read.</exception>
    /// <exception cref="InvalidDataException">The compressed bytes are damaged; also while it is read.</exception>
    public async Task<Stream> ReadAsync(CancellationToken ct) => (await OpenAsync(ct)).Text;

    /// <summary>As <see cref="ReadAsync"/>, with the file underneath, whose position tells how far the reading has come; the text owns it.</summary>
    internal async Task<(Stream File, Stream Text)> OpenAsync(CancellationToken ct)
    {
        var file = await Place.OpenAsync(Path, ct);
        return (file, await Decompression.OpenAsync(file, Compression, ct));
    }

    private static async Task<DumpFile> OfFileAsync(IDumpPlace place, string path, PlacedFile? found, CancellationToken ct)
    {
        var start = new byte[DumpMagic.Length];
        await using var raw = await place.OpenAsync(path, ct);
        var compression = CompressionMagic.Of(start.AsSpan(0, await raw.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct)));
        var dump = new DumpFile(path, found?.Size ?? new ByteSize(raw.Length), found?.LastWritten ?? default, compression, DumpFormat.Empty) { Place = place };
        try
        {
            await using var content = await dump.ReadAsync(ct);
            var length = await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
            return dump with { Format = DumpMagic.Of(start.AsSpan(0, length)) };
        }
        catch (InvalidDataException e)
        {
            return dump with { Format = DumpFormat.Unknown, Damage = e.Message };
        }
    }

    private static async Task<DumpFile> OfFolderAsync(IDumpPlace place, string path, CancellationToken ct)
    {
        var toc = System.IO.Path.Combine(path, "toc.dat");
        if (await place.FindAsync(toc, ct) is not { } found)
        {
            throw new RestoreException(
                ProblemCode.NotFound, $"Backup file not found: {path} is a folder without toc.dat", "pg_dump -Fd writes one into each dump", $"cnpg-restore dumps list {path}");
        }

        var header = await OfFileAsync(place, toc, found, ct);
        // A place names files in full, however the folder was written.
        var folder = System.IO.Path.GetDirectoryName(found.Path);
        var files = (await place.ListAsync(path, ct)).Where(file => !file.IsFolder && System.IO.Path.GetDirectoryName(file.Path) == folder).ToList();
        return new DumpFile(path, new ByteSize(files.Sum(file => file.Size.Bytes)), files.Max(file => file.LastWritten), ArchiveCompression.None,
            header.Format == DumpFormat.Custom ? DumpFormat.Directory : DumpFormat.Unknown) { Place = place };
    }
}
