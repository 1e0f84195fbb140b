using System.Globalization;
using System.Text;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Runs.FromBackup;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>The evidence of a recovery, and what should be in Git now.</summary>
static class FromBackupOutput
{
    public static async Task ShowAsync(CliSession session, FromBackupResult result, string? report, CancellationToken ct)
    {
        if (session.Format == OutputFormat.Text)
        {
            session.Result.Line(Write(result));
        }
        else
        {
            DocumentOutput.Write(session, FromBackupSummary.From(result), CliJson.Readable.FromBackupSummary);
        }

        if (report is not null)
        {
            await AtomicFile.WriteAsync(report, FromBackupHtml.Write(result, session.Clock.GetUtcNow()), ct);
        }
    }

    /// <summary>What the user's manifest should say from now on, so that the next disaster does not restore today's data.</summary>
    public static string Advice(FromBackupDecision decision) => decision switch
    {
        { Apply: ApplyMode.Git } => $"Git says so already; {decision.Source}/ stays until nobody needs it",
        { Lineage: Lineage.New } => $"in Git, set the archive's serverName to {decision.Archive}, and recover from {decision.Archive} next time: cnpg-restore manifest recovery -f cluster.yaml --source {decision.Source} --archive-name {decision.Archive} --diff",
        _ => $"in Git, recover from {decision.Source} only as long as no newer backup is in {decision.Archive}/: cnpg-restore manifest recovery -f cluster.yaml --source {decision.Source} --diff",
    };

    private static string Write(FromBackupResult result)
    {
        var text = new StringBuilder();
        var decision = result.Decision;
        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"  {name,-14}{value}\n");

        text.Append(CultureInfo.InvariantCulture, $"OK: cluster {decision.Namespace}/{decision.Cluster} is back after {DrillText.Age(result.Took)}\n");
        Line("from", $"{decision.Source}/, base backup {decision.BackupId}, target {decision.Target}");
        Line("reached", $"{result.Reached.Lsn} on timeline {result.Reached.Timeline}{(result.Reached.LastTransaction is { } last ? $", last transaction {DrillText.Moment(last)}" : "")}");
        foreach (var database in result.Databases)
        {
            Line("database", Invariant($"{database.Name}: {new ByteSize(database.Bytes)}, tables: {database.Tables}, rows: {database.Rows}"));
        }

        foreach (var check in result.Checks)
        {
            Line(check.Passed ? "passed" : "FAILED", $"{check.Name}: {check.Detail}");
        }

        Line("archives to", $"{decision.Archive}/");
        Line("first backup", result.FirstBackup);
        foreach (var warning in result.Warnings)
        {
            Line("warning", warning);
        }

        Line("Git", Advice(decision));
        return text.ToString().TrimEnd('\n');
    }
}
