using System.Formats.Tar;

namespace CnpgRestore.Dumps.Inspection;

/// <summary>
/// Whether a dump in tar format is there to its end. To be asked before pg_restore is: cut behind its table of contents, it makes pg_restore look for the
/// next member for ever (measured with 15.18), and cut behind its data it is whole for it.
/// </summary>
static class TarEnd
{
    /// <returns>What is missing, as one clause; null where nothing is.</returns>
    public static async Task<string?> MissingAsync(DumpFile file, CancellationToken ct)
    {
        var last = "none";
        try
        {
            await using var content = await file.ReadAsync(ct);
            await using var reader = new TarReader(content);
            while (await reader.GetNextEntryAsync(copyData: false, ct) is { } member)
            {
                last = member.Name;
            }

            return null;
        }
        catch (EndOfStreamException)
        {
            return $"the tar is cut: it ends behind the beginning of its member {last}";
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or ArgumentException)
        {
            return $"the tar is damaged behind the beginning of its member {last}: {e.Message}";
        }
    }
}
