using CnpgRestore.Runs.FromBackup;

namespace CnpgRestore.Cli.Output;

/// <summary>The evidence of a recovery as one page that needs nothing else.</summary>
static class FromBackupHtml
{
    public static string Write(FromBackupResult result, DateTimeOffset now)
    {
        var (decision, page) = (result.Decision, new HtmlText());
        ReportPage.Begin(page, $"Recovery of {decision.Namespace}/{decision.Cluster}", $"run {decision.Run} · {DrillText.Moment(now)}", result.Passed);
        page.Add($"<section class=\"figures\"><div><b>{DrillText.Age(result.Took)}</b><span>from the first step until the first new base backup</span></div>");
        page.Add($"<div><b>{result.Reached.Lsn}</b><span>reached in the WAL, timeline {result.Reached.Timeline}</span></div>");
        page.Add($"<div><b>{result.Databases.Sum(database => database.Rows):N0}</b><span>rows counted in {result.Databases.Sum(database => database.Tables):N0} tables</span></div>");
        page.Add($"<div><b>{result.Checks.Count(check => check.Passed)} of {result.Checks.Count}</b><span>checks passed</span></div></section>");

        page.AddMarkup("<h2>What was recovered</h2><table>");
        void Row(string key, string value) => page.Add($"<tr><td class=\"key\">{key}</td><td class=\"text\">{value}</td></tr>");
        Row("From", $"{decision.Source}/, base backup {decision.BackupId}");
        Row("Target", decision.Target);
        Row("Lineage", decision.Lineage.ToString());
        Row("Archives to", $"{decision.Archive}/");
        Row("System identifier", decision.SystemId);
        Row("Last transaction", result.Reached.LastTransaction is { } last ? DrillText.Moment(last) : "not known");
        Row("First backup", result.FirstBackup);
        Row("Git", FromBackupOutput.Advice(decision));
        page.AddMarkup("</table>");

        ReportPage.AddChecks(page, result.Checks);
        page.AddMarkup("<h2>Databases</h2><table><tr><th>Database</th><th class=\"n\">Size</th><th class=\"n\">Tables</th><th class=\"n\">Rows</th></tr>");
        foreach (var database in result.Databases)
        {
            page.Add($"<tr><td class=\"text\">{database.Name}</td><td class=\"n\">{new ByteSize(database.Bytes)}</td><td class=\"n\">{database.Tables:N0}</td><td class=\"n\">{database.Rows:N0}</td></tr>");
        }

        page.AddMarkup("</table>");
        ReportPage.End(page, result.Warnings, "Written by cnpg-restore.");
        return page.ToString();
    }
}
