using CnpgRestore.LocalRestore;

namespace CnpgRestore.Cli.Output;

/// <summary>What every page of evidence has: one file without script, font or picture from elsewhere, readable on paper.</summary>
static class ReportPage
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

    public static void Begin(HtmlText page, string title, string subtitle, bool passed)
    {
        page.AddMarkup("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        page.Add($"<title>{title}</title>");
        page.AddMarkup($"<style>{Style}</style></head><body>");
        page.Add($"<header><div><h1>{title}</h1><p>{subtitle}</p></div>");
        page.AddMarkup(passed ? "<div class=\"verdict pass\">PROVEN</div></header>" : "<div class=\"verdict fail\">FAILED</div></header>");
    }

    public static void AddChecks(HtmlText page, IReadOnlyList<Check> checks)
    {
        page.AddMarkup("<h2>Checks</h2><table>");
        foreach (var check in checks)
        {
            page.AddMarkup(check.Passed ? "<tr><td class=\"ok\">passed</td>" : "<tr><td class=\"no\">FAILED</td>");
            page.Add($"<td>{check.Name}</td><td class=\"text\">{check.Detail}</td></tr>");
        }

        page.AddMarkup("</table>");
    }

    public static void End(HtmlText page, IReadOnlyList<string> notes, string footer)
    {
        if (notes.Count > 0)
        {
            page.AddMarkup("<h2>Notes</h2><ul>");
            foreach (var note in notes)
            {
                page.Add($"<li>{note}</li>");
            }

            page.AddMarkup("</ul>");
        }

        page.Add($"<footer>{footer}</footer>");
        page.AddMarkup("</body></html>\n");
    }
}
