using System.Globalization;
using System.Text;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Plans.Apps;
using CnpgRestore.Runs.Apps;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>What became of applications that were stopped or started.</summary>
static class AppsOutput
{
    public static void Show(CliSession session, AppsStopResult result)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, AppsStopSummary.From(result), CliJson.Readable.AppsStopSummary);
            return;
        }

        var text = new StringBuilder();
        var outcome = result.Left.Count == 0 ? "OK: nobody is connected to" : "NOT PROVEN: somebody is connected to";
        text.Append(CultureInfo.InvariantCulture, $"{outcome} cluster {result.Cluster} after {DrillText.Age(result.Took)}\n");
        foreach (var app in result.Stopped)
        {
            Line(text, "stopped", $"{app.Name}, {Was(app)}");
        }

        if (result.Terminated > 0)
        {
            Line(text, "terminated", Invariant($"{result.Terminated} sessions"));
        }

        foreach (var left in result.Left)
        {
            Line(text, "connected", $"{left.What} from {left.Address ?? "the socket"} to instance {left.Instance}; --terminate ends it");
        }

        var (ns, name) = result.Cluster.Split('/') is [var first, var second] ? (first, second) : ("", "");
        Line(text, "bring back", $"cnpg-restore apps start {name} -n {ns}");
        session.Result.Line(text.ToString().TrimEnd('\n'));
    }

    public static void Show(CliSession session, AppsStartResult result)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, AppsStartSummary.From(result), CliJson.Readable.AppsStartSummary);
            return;
        }

        var text = new StringBuilder();
        var outcome = result.Differences.Count == 0 ? "OK: all is back of the" : "NOT ALL IS BACK of the";
        text.Append(CultureInfo.InvariantCulture, $"{outcome} applications of cluster {result.Cluster} after {DrillText.Age(result.Took)}\n");
        foreach (var app in result.Started)
        {
            var demanded = app.Replicas is { } now && Invariant($"{now}") != app.Record.Before ? Invariant($", now {now} as its autoscaler demands") : "";
            Line(text, "started", $"{app.Name}, {Was(app)}{demanded}");
        }

        foreach (var difference in result.Differences)
        {
            Line(text, "DIFFERS", difference);
        }

        foreach (var warning in result.Warnings)
        {
            Line(text, "warning", warning);
        }

        session.Result.Line(text.ToString().TrimEnd('\n'));
    }

    public static void ShowNothing(CliSession session, AppsStartPlan plan)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, new AppsStartSummary("summary", plan.Run, plan.Subject, [], [], [], 0), CliJson.Readable.AppsStartSummary);
            return;
        }

        session.Result.Line($"nothing is stopped for cluster {plan.Subject}");
    }

    private static string Was(StoppedApp app) => app.Method switch
    {
        StopMethod.Scale => $"had replicas: {app.Record.Before}",
        StopMethod.Suspend => "was not suspended",
        StopMethod.Pause => "was not paused",
        _ => "ran on its nodes",
    };

    private static void Line(StringBuilder text, string name, string value) => text.Append(CultureInfo.InvariantCulture, $"  {name,-12}{value}\n");
}
