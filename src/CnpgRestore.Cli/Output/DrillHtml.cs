using CnpgRestore.LocalRestore;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>The evidence of a drill as one page that needs nothing else: no script, no font, no picture from elsewhere. Readable on paper.</summary>
static class DrillHtml
{
    private const string Style = """
        :root{--ink:#1d2733;--faint:#5b6875;--line:#d8dee4;--pass:#1f7a4d;--fail:#b3261e}
        *{box-sizing:border-box}
        body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;color:var(--ink);max-width:1000px;margin:32px auto;padding:0 24px}
        h1{font-size:24px;margin:0}h2{font-size:17px;margin:32px 0 8px;padding-bottom:4px;border-bottom:2px solid var(--line)}
        header{display:flex;justify-content:space-between;align-items:center;gap:24px}
        header p{margin:4px 0 0;color:var(--faint)}
        .verdict{font-weight:700;font-size:18px;color:#fff;border-radius:6px;padding:8px 18px;white-space:nowrap}
        .pass{background:var(--pass)}.fail{background:var(--fail)}
        .figures{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin-top:24px}
        .figures div{border:1px solid var(--line);border-radius:6px;padding:10px 14px}
        .figures b{display:block;font-size:21px}.figures span{color:var(--faint);font-size:13px;display:block;line-height:1.35}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid var(--line)}
        th{font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;padding-right:0}
        td.key{width:170px;color:var(--faint)}td.ok{width:90px;font-weight:700;color:var(--pass)}td.no{width:90px;font-weight:700;color:var(--fail)}
        td.text{overflow-wrap:anywhere;white-space:pre-wrap}
        svg{width:100%;height:auto;font-size:13px}svg text{fill:var(--ink)}.mid{text-anchor:middle}.end{text-anchor:end}.small{font-size:12px}.strong{font-weight:700}
        svg .label{fill:#fff;font-weight:600}svg .faint{fill:var(--faint)}svg .lost{fill:var(--fail);font-weight:600}.tick{stroke:var(--faint)}.reached{stroke:var(--ink);stroke-width:2.5}
        footer{margin-top:32px;color:var(--faint);font-size:13px}
        @media print{body{margin:0;max-width:none;font-size:12px}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}tr,.figures,svg{break-inside:avoid}h2{break-after:avoid}}
        """;

    public static string Write(DrillResult result)
    {
        var page = new HtmlText();
        page.AddMarkup("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        page.Add($"<title>Restore drill of {result.Request.Server.Name}</title>");
        page.AddMarkup($"<style>{Style}</style></head><body>");
        page.Add($"<header><div><h1>Restore drill of {result.Request.Server.Name}</h1><p>{result.Store} · {DrillText.Moment(result.Started)}</p></div>");
        page.AddMarkup(result.Passed ? "<div class=\"verdict pass\">PROVEN</div></header>" : "<div class=\"verdict fail\">FAILED</div></header>");
        AddFigures(page, result);
        page.AddMarkup("<h2>Timeline</h2>");
        DrillTimeline.AddTo(page, result);
        AddFacts(page, result);
        AddChecks(page, result);
        AddDatabases(page, result);
        AddNotes(page, result);
        page.AddMarkup("</body></html>\n");
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

    private static void AddChecks(HtmlText page, DrillResult result)
    {
        page.AddMarkup("<h2>Checks</h2><table>");
        foreach (var check in result.Checks)
        {
            page.AddMarkup(check.Passed ? "<tr><td class=\"ok\">passed</td>" : "<tr><td class=\"no\">FAILED</td>");
            page.Add($"<td>{check.Name}</td><td class=\"text\">{check.Detail}</td></tr>");
        }

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

    private static void AddNotes(HtmlText page, DrillResult result)
    {
        page.AddMarkup("<h2>Notes</h2><ul>");
        foreach (var warning in result.Warnings)
        {
            page.Add($"<li>{warning}</li>");
        }

        page.AddMarkup("</ul><footer>Written by cnpg-restore. The bucket was only read.</footer>");
    }
}
