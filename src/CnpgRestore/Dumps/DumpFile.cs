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

    /// <exception cref="RestoreException">Exit 10: it does not exist. 12: it may not be read.</exception>
    public static async Task<DumpFile> OpenAsync(string path, CancellationToken ct)
    {
        try
        {
            return Directory.Exists(path) ? await OfFolderAsync(path, ct) : await OfFileAsync(new FileInfo(path), ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>The text of the dump from its beginning, decompressed.</summary>
    /// <exception cref="RestoreException">Exit 10: it does not exist. 12: it may not be read.</exception>
    /// <exception cref="InvalidDataException">The compressed bytes are damaged; also while it is read.</exception>
    public async Task<Stream> ReadAsync(CancellationToken ct) => (await OpenAsync(ct)).Text;

    /// <summary>As <see cref="ReadAsync"/>, with the file underneath, whose position tells how far the reading has come; the text owns it.</summary>
    internal async Task<(FileStream File, Stream Text)> OpenAsync(CancellationToken ct)
    {
        try
        {
            var file = Raw(Path);
            return (file, await Decompression.OpenAsync(file, Compression, ct));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(Path, e);
        }
    }

    private static async Task<DumpFile> OfFileAsync(FileInfo file, CancellationToken ct)
    {
        var start = new byte[DumpMagic.Length];
        await using var raw = Raw(file.FullName);
        var compression = CompressionMagic.Of(start.AsSpan(0, await raw.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct)));
        var dump = new DumpFile(file.FullName, new ByteSize(raw.Length), new DateTimeOffset(file.LastWriteTimeUtc), compression, DumpFormat.Empty);
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

    private static async Task<DumpFile> OfFolderAsync(string path, CancellationToken ct)
    {
        var toc = System.IO.Path.Combine(path, "toc.dat");
        if (!File.Exists(toc))
        {
            throw new RestoreException(
                ProblemCode.NotFound, $"Backup file not found: {path} is a folder without toc.dat", "pg_dump -Fd writes one into each dump", $"cnpg-restore dumps list {path}");
        }

        var header = await OfFileAsync(new FileInfo(toc), ct);
        var files = new DirectoryInfo(path).GetFiles();
        return new DumpFile(path, new ByteSize(files.Sum(file => file.Length)), files.Max(file => new DateTimeOffset(file.LastWriteTimeUtc)), ArchiveCompression.None,
            header.Format == DumpFormat.Custom ? DumpFormat.Directory : DumpFormat.Unknown);
    }

    private static FileStream Raw(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16, FileOptions.SequentialScan);

    private static RestoreException Unreadable(string path, Exception e) => e is FileNotFoundException or DirectoryNotFoundException
        ? new RestoreException(ProblemCode.NotFound, $"Backup file not found: {path}", "the share may not be mounted", "'cnpg-restore dumps list FOLDER' shows what is there", e)
        : new RestoreException(ProblemCode.AccessDenied, $"Permission denied: {path} cannot be read", e.Message, "an NFS export may map your user to nobody; read it as the user that wrote it", e);
}
