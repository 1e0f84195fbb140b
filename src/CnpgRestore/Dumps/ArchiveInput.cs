using System.Diagnostics;
using CnpgRestore.Compression;

namespace CnpgRestore.Dumps;

/// <summary>What pg_restore is given of an archive: its path; or, where that is packed once more, its bytes, unpacked on the way into stdin.</summary>
static class ArchiveInput
{
    /// <summary>Over how many connections pg_restore can load it, at most.</summary>
    /// <remarks>A tar has no order that several could read from, and in stdin nobody seeks.</remarks>
    public static int JobsOf(DumpFile file, int wanted) => file.Format == DumpFormat.Tar || IsPiped(file) ? 1 : wanted;

    /// <summary>pg_restore reads stdin where it is given no file.</summary>
    public static bool IsPiped(DumpFile file) => file.Compression != ArchiveCompression.None;

    /// <summary>The last argument, or none.</summary>
    public static string[] Path(DumpFile file) => IsPiped(file) ? [] : [file.Path];

    /// <summary>Reads to the end even where nobody wants the rest: only there it is known that the whole file is sound.</summary>
    /// <exception cref="InvalidDataException">The packed bytes are cut or damaged.</exception>
    public static async Task WriteAsync(DumpFile file, Stream input, CancellationToken ct)
    {
        await using var archive = await file.ReadAsync(ct);
        try
        {
            await archive.CopyToAsync(input, ct);
            await input.FlushAsync(ct);
        }
        catch (IOException)
        {
            // It has ended: with all that it wanted, or with an error, which its exit code tells.
            await archive.CopyToAsync(Stream.Null, ct);
        }
    }

    /// <summary>The same, for a process of this program's; its end is the end of the input.</summary>
    public static async Task FeedAsync(DumpFile file, Process process, CancellationToken ct)
    {
        try
        {
            await WriteAsync(file, process.StandardInput.BaseStream, ct);
        }
        finally
        {
            await CloseAsync(process);
        }
    }

    private static async Task CloseAsync(Process process)
    {
        try
        {
            await process.StandardInput.DisposeAsync();
        }
        catch (IOException)
        {
            // Nobody reads any more.
        }
    }
}
