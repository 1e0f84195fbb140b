using Spectre.Console;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints what <c>sequences</c> found: those that are behind, or with <c>-v</c> all.</summary>
static class SequencesOutput
{
    public static void Write(CliSession session, SequencesDocument document)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, document, CliJson.Readable.SequencesDocument);
            return;
        }

        var outcome = document switch
        {
            { Fixed: > 0 } => Invariant($"{Counted.Of(document.Fixed, "was behind and is set", "were behind and are set")}"),
            { Behind: > 0 } => Invariant($"{Counted.Of(document.Behind, "is behind; --fix sets it", "are behind; --fix sets them")}"),
            _ => "none is behind",
        };
        session.Result.Line(Invariant($"{document.Database}: {Counted.Of(document.Sequences.Count, "sequence feeds a column", "sequences feed columns")}, {outcome}"));
        var shown = document.Sequences.Where(item => session.Verbose || item.State is "behind" or "fixed").ToList();
        if (shown.Count == 0)
        {
            return;
        }

        var table = new Table().NoBorder();
        table.AddColumn(new TableColumn("  SEQUENCE") { NoWrap = true });
        table.AddColumn(new TableColumn("STATE") { NoWrap = true });
        table.AddColumn(new TableColumn("LAST") { Alignment = Justify.Right, NoWrap = true });
        table.AddColumn(new TableColumn("IN COLUMNS") { Alignment = Justify.Right, NoWrap = true });
        table.AddColumn(new TableColumn("NEEDED") { Alignment = Justify.Right, NoWrap = true });
        table.AddColumn(new TableColumn("COLUMNS"));
        foreach (var item in shown)
        {
            table.AddRow(
                Markup.Escape($"  {item.Name}"),
                item.State,
                Invariant($"{item.Last}"),
                Invariant($"{item.Column}"),
                Invariant($"{item.Needed}"),
                Markup.Escape(string.Join(", ", item.Columns)));
        }

        session.Result.Rows(table);
    }
}
