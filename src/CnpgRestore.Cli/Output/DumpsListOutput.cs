using CnpgRestore.Compression;
using CnpgRestore.Dumps.Folder;
using CnpgRestore.Dumps.Inspection;
using Spectre.Console;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints what <c>dumps list</c> found.</summary>
static class DumpsListOutput
{
    public static void Write(CliSession session, DumpFolder folder, KeptDump? latest)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, DumpsListDocument.From(folder, latest), CliJson.Readable.DumpsListDocument);
            return;
        }

        var table = new Table().NoBorder();
        foreach (var (title, isNumber) in new[] { ("DUMP", false), ("DATABASE", false), ("TIME", false), ("SIZE", true), ("FORMAT", false), ("KEPT AS", false), ("STATE", false) })
        {
            table.AddColumn(new TableColumn(title) { Alignment = isNumber ? Justify.Right : Justify.Left, NoWrap = true });
        }

        foreach (var dump in folder.Dumps)
        {
            var compression = dump.File.Compression == ArchiveCompression.None ? "" : $", {dump.File.Compression.ToString().ToLowerInvariant()}";
            var state = dump.Inspection is { } read ? DumpsInspectDocument.Word(read.State).Replace('_', ' ') : "not read";
            table.AddRow(
                Markup.Escape(dump.Names[0]),
                Markup.Escape(dump.Database ?? "-"),
                BackupsListOutput.Time(dump.Time),
                // Of a folder that is closed.
                dump.File is { Refusal: not null, Size.Bytes: 0 } ? "-" : dump.File.Size.ToString(),
                $"{dump.File.Format.ToString().ToLowerInvariant()}{compression}",
                Markup.Escape(string.Join(", ", dump.KeptAs)),
                dump.File == latest?.File ? $"{state} (latest)" : state);
        }

        session.Result.Rows(table);
        WriteRemarks(session, folder, latest);
    }

    private static void WriteRemarks(CliSession session, DumpFolder folder, KeptDump? latest)
    {
        foreach (var dump in folder.Dumps.Where(dump => dump.Inspection is { State: not (DumpState.Complete or DumpState.HeadOnly) }))
        {
            Warn(session, $"{dump.Names[0]} is {DumpsInspectDocument.Word(dump.Inspection!.State)}: {dump.Inspection.Reason}");
        }

        foreach (var dump in folder.Dumps.Where(dump => dump.Oddity is not null))
        {
            Warn(session, $"{dump.Names[0]} is suspicious: {dump.Oddity}");
        }

        foreach (var link in folder.DanglingLinks)
        {
            Warn(session, $"{link} leads nowhere");
        }

        session.Result.WriteLine();
        session.Result.Line(latest is null ? "No dump is complete." : $"latest  {latest.Names[0]}: {latest.Inspection!.Reason}");
    }

    private static void Warn(CliSession session, string text)
    {
        session.Result.Write(new Markup("[yellow]warning:[/] "));
        session.Result.Line(text);
    }
}
