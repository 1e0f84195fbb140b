using CnpgRestore.Compression;
using CnpgRestore.Dumps.Inspection;
using Spectre.Console;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints what <c>dumps inspect</c> found out.</summary>
static class DumpsInspectOutput
{
    private const int MostTables = 30;

    public static void Write(CliSession session, DumpInspection inspection)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, DumpsInspectDocument.From(inspection), CliJson.Readable.DumpsInspectDocument);
            return;
        }

        var file = inspection.File;
        var packed = file.Compression == ArchiveCompression.None ? "" : Invariant($", {file.Compression.ToString().ToLowerInvariant()}, {inspection.TextSize} of text");
        session.Result.Line($"{file.Path}: {DumpsInspectDocument.Word(inspection.State).Replace('_', ' ')}");
        session.Result.Line($"  because     {inspection.Reason}");
        session.Result.Line($"  content     {file.Format.ToString().ToLowerInvariant()}, {file.Size}{packed}");
        Row(session, "written by", inspection.Program is { } program ? $"{program} {inspection.ProgramVersion}, server {inspection.ServerVersion}" : null);
        Row(session, "encoding", inspection.Encoding);
        Row(session, "roles", Join(inspection.Roles));
        Row(session, "tablespaces", Join(inspection.Tablespaces));
        foreach (var database in inspection.Databases)
        {
            WriteDatabase(session, inspection, database);
        }

        foreach (var note in inspection.Notes)
        {
            session.Result.Write(new Markup("[yellow]note:[/] "));
            session.Result.Line(note);
        }
    }

    private static void WriteDatabase(CliSession session, DumpInspection inspection, DumpDatabase database)
    {
        session.Result.WriteLine();
        var content = inspection.State == DumpState.HeadOnly ? "what it holds is not known" : Invariant($"{Counted.Of(database.Tables.Count, "table")} with data, {Counted.Of(database.Rows, "row")}");
        session.Result.Line($"database {database.Name ?? inspection.ArchivedDatabase ?? "(not named)"}: {content}");
        Row(session, "extensions", Join(database.Extensions));
        Row(session, "creates", Join([.. database.Created.Select(entry => Invariant($"{entry.Value} {entry.Key}"))]));
        Row(session, "drops", Join([.. database.Dropped.Select(entry => Invariant($"{entry.Value} {entry.Key}"))]));
        if (database.Tables.Count == 0)
        {
            return;
        }

        var table = new Table().NoBorder();
        table.AddColumn(new TableColumn("  TABLE") { NoWrap = true });
        table.AddColumn(new TableColumn("ROWS") { Alignment = Justify.Right, NoWrap = true });
        table.AddColumn(new TableColumn("DATA") { Alignment = Justify.Right, NoWrap = true });
        var largest = database.Tables.OrderByDescending(item => item.Bytes).ThenBy(item => item.Name).ToList();
        foreach (var item in session.Verbose ? largest : [.. largest.Take(MostTables)])
        {
            table.AddRow(Markup.Escape($"  {item.Name}"), Invariant($"{item.Rows}"), new ByteSize(item.Bytes).ToString());
        }

        session.Result.Rows(table);
        if (!session.Verbose && largest.Count > MostTables)
        {
            session.Result.Line(Invariant($"  ... and {largest.Count - MostTables} more; -v shows them all"));
        }
    }

    private static void Row(CliSession session, string title, string? value)
    {
        if (value is not null)
        {
            session.Result.Line($"  {title,-11} {value}");
        }
    }

    private static string? Join(IReadOnlyCollection<string> items) => items.Count == 0 ? null : string.Join(", ", items);
}
