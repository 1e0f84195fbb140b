using CnpgRestore.Databases.Verification;
using Spectre.Console;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints how a database compares.</summary>
static class VerificationOutput
{
    public static void Write(CliSession session, VerificationResult result)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, VerificationDocument.From(result), CliJson.Readable.VerificationDocument);
            return;
        }

        var outcome = result.Passed ? "no difference" : Counted.Of(result.Differences.Count, "difference");
        session.Result.Line(Invariant($"{result.Database}: {outcome}"));
        session.Result.Line($"  compared  {Counted.Of(result.Tables, "table")}, {Counted.Of(result.Rows, "row")}; {Counted.Of(result.Sequences, "sequence")}, {Counted.Of(result.Checks, "SQL check")}");
        if (result.Passed)
        {
            return;
        }

        var table = new Table().NoBorder();
        table.AddColumn(new TableColumn("  KIND") { NoWrap = true });
        table.AddColumn(new TableColumn("WHERE"));
        table.AddColumn(new TableColumn("DIFFERENCE"));
        foreach (var difference in result.Differences)
        {
            table.AddRow($"  {difference.Kind}", Markup.Escape(difference.Subject), Markup.Escape(difference.Detail));
        }

        session.Result.Rows(table);
    }
}
