using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Dumps.Inspection;

/// <summary>Whose a dump is, as its first lines tell: those in front of what it makes in a database.</summary>
/// <param name="IsOfServer">Written by pg_dumpall.</param>
/// <param name="Database">Null where it does not say; pg_dump says it with -C alone, and in every archive.</param>
sealed record DumpBeginning(bool IsOfServer, string? Database)
{
    /// <returns>Null for what cannot be read, or is no dump.</returns>
    public static async Task<DumpBeginning?> ReadAsync(DumpFile file, CancellationToken ct)
    {
        switch (file.Format)
        {
            case DumpFormat.Empty or DumpFormat.Unknown:
                return null;
            case DumpFormat.Custom or DumpFormat.Tar or DumpFormat.Directory:
                var head = await ArchiveHead.InspectAsync(file, ct);
                return head.State == DumpState.HeadOnly ? new DumpBeginning(IsOfServer: false, head.Databases[0].Name) : null;
            default:
                return await OfScriptAsync(file, ct);
        }
    }

    private static async Task<DumpBeginning?> OfScriptAsync(DumpFile file, CancellationToken ct)
    {
        try
        {
            await using var text = await file.ReadAsync(ct);
            var reader = new DumpReader(text);
            var comments = new DumpComments();
            while (await reader.ReadAsync(ct) is var token && token is not (DumpToken.End or DumpToken.Cut))
            {
                switch (token)
                {
                    case DumpToken.Comment:
                        comments.See(reader.TextAsString(), reader.Line);
                        if (comments.Program == "pg_dumpall")
                        {
                            return new DumpBeginning(IsOfServer: true, Database: null);
                        }

                        break;
                    case DumpToken.MetaCommand when PsqlConnect.TryParse(reader.TextAsString()) is { } connected:
                        return new DumpBeginning(IsOfServer: false, connected);
                    case DumpToken.Statement or DumpToken.CopyData when !IsInFront(token, reader):
                        return new DumpBeginning(IsOfServer: false, Database: null);
                }
            }

            return new DumpBeginning(IsOfServer: false, Database: null);
        }
        catch (InvalidDataException)
        {
            // What is wrong with it matters to nobody who does not want it.
            return null;
        }
    }

    private static bool IsInFront(DumpToken token, DumpReader reader)
    {
        var words = new StatementWords(reader.Text.Span, reader.Encoding.Text);
        return token == DumpToken.Statement && (words.Accept("SET") || words.Accept("SELECT") || ServerStatement.Is(reader.Text.Span, reader.Encoding.Text));
    }
}
