using CnpgRestore.Runs.FromDump;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints what a new Cluster from a dump has become.</summary>
static class FreshOutput
{
    public static void Write(CliSession session, FreshResult result)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, FreshSummary.From(result), CliJson.Readable.FreshSummary);
            return;
        }

        var (decision, loaded) = (result.Decision, result.Loaded);
        session.Result.Line($"cluster {decision.Namespace}/{decision.Cluster} is new, and {decision.Dump.Database} is restored from {decision.Dump.Dump} after {DrillText.Age(result.Took)}");
        var outcome = result.Passed ? "as in the dump" : Counted.Of(loaded.Differences.Count, "difference");
        session.Result.Line(Invariant($"  verified      {Counted.Of(loaded.Rows, "row")} in {Counted.Of(loaded.Tables, "table")}, {Counted.Of(loaded.Checks, "SQL check")}: {outcome}"));
        foreach (var difference in loaded.Differences)
        {
            session.Result.Line($"                {difference.Kind} {difference.Subject}: {difference.Detail}");
        }

        session.Result.Line(Invariant($"  sequences     {loaded.SequencesFixed} were behind and are set"));
        session.Result.Line($"  archives to   {(decision.Archive.Length == 0 ? "nothing: it takes no backups" : $"{decision.Archive}/")}");
        session.Result.Line($"  first backup  {(result.FirstBackup.Length == 0 ? "none" : result.FirstBackup)}");
        foreach (var warning in result.Warnings)
        {
            session.Result.Line($"  warning       {warning}");
        }

        if (!decision.IsInManifest && decision.Apply == Plans.Clusters.ApplyMode.Api)
        {
            var archive = decision.Archive.Length == 0 ? "" : $" --archive-name {decision.Archive}";
            session.Result.Line($"  Git           should say so, too: cnpg-restore manifest initdb -f cluster.yaml{archive} --diff");
        }
    }
}
