using CnpgRestore.Runs.FromDump;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints what a restore from a dump achieved.</summary>
static class FromDumpOutput
{
    public static void Write(CliSession session, FromDumpResult result)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, FromDumpSummary.From(result), CliJson.Readable.FromDumpSummary);
            return;
        }

        var decision = result.Decision;
        session.Result.Line(Invariant($"{decision.Database} is restored from {decision.Dump} in {result.Took.TotalSeconds:0.0} s"));
        if (result.Verification is { } verification)
        {
            var outcome = verification.Passed ? "as in the dump" : Counted.Of(verification.Differences.Count, "difference");
            session.Result.Line(Invariant($"  verified   {Counted.Of(verification.Rows, "row")} in {Counted.Of(verification.Tables, "table")}, {Counted.Of(verification.Checks, "SQL check")}: {outcome}"));
            foreach (var difference in verification.Differences)
            {
                session.Result.Line($"             {difference.Kind} {difference.Subject}: {difference.Detail}");
            }
        }

        session.Result.Line(Invariant($"  sequences  {result.SequencesFixed} were behind and are set"));
        if (decision.Creates is { } made)
        {
            session.Result.Line($"  created    there was no {decision.Database} before; it belongs to {made.Owner}");
            session.Result.Line($"             taken away again: cnpg-restore runs undo {decision.Run}, until cnpg-restore runs commit {decision.Run}");
        }

        if (decision.Former is not { } former)
        {
            return;
        }

        if (result.HeldOff is { } held)
        {
            session.Result.Line(Invariant($"  swapped    nobody could connect for {held.TotalMilliseconds:0} ms"));
        }

        session.Result.Line($"  former     {former}, until cnpg-restore runs commit {decision.Run}");
        session.Result.Line($"             back to it: cnpg-restore runs undo {decision.Run}");
    }
}
