using CnpgRestore.LocalRestore;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>The evidence of a drill as one page that needs nothing else: no script, no font, no picture from elsewhere. Readable on paper.</summary>
static class DrillHtml
{
    public static string Write(DrillResult result)
    {
        var page = new HtmlText();
        ReportPage.Begin(page, $"Restore drill of {result.Request.Server.Name}", $"{result.Store} · {DrillText.Moment(result.Started)}", result.Passed);
        AddFigures(page, result);
        page.AddMarkup("<h2>Timeline</h2>");
        DrillTimeline.AddTo(page, result);
        AddFacts(page, result);
        ReportPage.AddChecks(page, result.Checks);
        AddDatabases(page, result);
        ReportPage.End(page, result.Warnings, "Written by cnpg-restore. The bucket was only read.");
        return page.ToString();
    }

    private static void AddFigures(HtmlText page, DrillResult result)
    {
        var times = result.Times;
        page.Add($"<section class=\"figures\"><div><b>{DrillText.Age(times.Recovery)}</b><span>recovery time (RTO), measured until the database accepted connections</span></div>");
        page.Add($"<div><b>{DrillText.Age(result.RecoveryPoint)}</b><span>recovery point (RPO): age of the last reachable moment</span></div>");
        page.Add($"<div><b>{result.Databases.Sum(database => database.Rows):N0}</b><span>rows counted in {result.Databases.Sum(database => database.Tables.Count):N0} tables</span></div>");
        page.Add($"<div><b>{result.Checks.Count(check => check.Passed)} of {result.Checks.Count}</b><span>checks passed</span></div></section>");
    }

    private static void AddFacts(HtmlText page, DrillResult result)
    {
        page.AddMarkup("<h2>What was restored</h2><table>");
        void Row(string key, string value) => page.Add($"<tr><td class=\"key\">{key}</td><td class=\"text\">{value}</td></tr>");

        Row("Base backup", $"{result.Path.Backup.Id}, {result.Path.Backup.Size} stored, taken {DrillText.Moment(result.Path.Extent.BeginTime)} to {DrillText.Moment(result.Path.Extent.EndTime)}");
        Row("System identifier", result.Path.Extent.SystemId.ToString());
        Row("PostgreSQL", $"{result.Path.Extent.Version}, restored with {result.Postgres.Version}");
        Row("Asked for", result.Request.Target.ToString());
        Row("Reachable because", result.Reachability);
        Row("Reached", $"{result.Reached.Lsn} on timeline {result.Reached.Timeline}; {result.Reached.Reason}");
        Row("Last transaction", result.Reached.LastTransaction is { } last ? DrillText.Moment(last) : "none replayed");
        Row("Last reachable", $"{DrillText.Moment(result.LastReachable.Moment)}: {result.LastReachable.Source}");
        Row("Seconds", Invariant($"catalogue {result.Times.Plan.TotalSeconds:0.0}, base backup {result.Times.Base.TotalSeconds:0.0}, replay of {result.SegmentsReplayed} WAL segments {result.Times.Replay.TotalSeconds:0.0}, proof {result.Times.Proof.TotalSeconds:0.0}"));
        page.AddMarkup("</table>");
    }

    private static void AddDatabases(HtmlText page, DrillResult result)
    {
        foreach (var database in result.Databases)
        {
            page.Add($"<h2>Database {database.Name}</h2><table><tr><th>Tables: {database.Tables.Count:N0}, {database.Size} on disk</th><th class=\"n\">Rows: {database.Rows:N0}</th></tr>");
            foreach (var table in database.Tables)
            {
                page.Add($"<tr><td class=\"text\">{table.Schema}.{table.Name}</td><td class=\"n\">{table.Rows:N0}</td></tr>");
            }

            page.AddMarkup("</table>");
        }
    }
}
