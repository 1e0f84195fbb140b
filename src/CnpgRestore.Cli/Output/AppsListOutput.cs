using System.Globalization;
using CnpgRestore.Kubernetes.Workloads;
using Spectre.Console;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints who uses a database.</summary>
static class AppsListOutput
{
    public static void Write(CliSession session, FoundApps found)
    {
        if (session.Format != OutputFormat.Text)
        {
            DocumentOutput.Write(session, AppsListDocument.From(found), CliJson.Readable.AppsListDocument);
            return;
        }

        if (found.Apps.Count == 0)
        {
            session.Result.Line($"nothing that uses cluster {found.Cluster} in namespace {found.Namespace} was found");
        }
        else
        {
            session.Result.Rows(Table(found));
        }

        foreach (var remark in Remarks(found))
        {
            session.Result.Write(new Markup("[yellow]warning:[/] "));
            session.Result.Line(remark);
        }
    }

    /// <summary>What is not in the table and should be known.</summary>
    private static IEnumerable<string> Remarks(FoundApps found)
    {
        foreach (var outside in found.Outside)
        {
            yield return outside.Address is { } address
                ? $"{outside.What} from {address}, which is no pod's address: a client outside, or a pod that shares its node's"
                : $"{outside.What} through the socket in pod {outside.Instance}: somebody works there";
        }

        if (found.SessionsProblem is { } problem)
        {
            yield return $"there are no sessions to see: {problem}";
        }

        foreach (var unreadable in found.Unreadable)
        {
            yield return $"not permitted to list {unreadable}: there may be applications";
        }
    }

    private static Table Table(FoundApps found)
    {
        var table = new Table().NoBorder();
        foreach (var title in (IEnumerable<string>)["NAMESPACE", "APP", "REPLICAS", "PODS", "SESSIONS", "STOPS BY", "WHY"])
        {
            var isNumber = title is "REPLICAS" or "PODS" or "SESSIONS";
            table.AddColumn(new TableColumn(title) { Alignment = isNumber ? Justify.Right : Justify.Left, NoWrap = title != "WHY" });
        }

        foreach (var app in found.Apps)
        {
            table.AddRow(
                Markup.Escape(app.Reference.Namespace ?? ""),
                Markup.Escape($"{app.Reference.Type.Word}/{app.Reference.Name}"),
                Replicas(app),
                app.Pods.ToString(CultureInfo.InvariantCulture),
                app.Sessions.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(StopsBy(app)),
                Markup.Escape(string.Join("; ", app.Reasons.Select(reason => reason.Text))));
        }

        return table;
    }

    private static string Replicas(App app) => app switch
    {
        { Replicas: null } => "-",
        { Stopped: { } stopped } => Invariant($"{app.Replicas} (was {stopped.Before})"),
        _ => Invariant($"{app.Replicas}"),
    };

    private static string StopsBy(App app)
    {
        var autoscalers = string.Concat(app.Autoscalers.Select(
            scaler => Invariant($", {scaler.Reference.Type.Word} {scaler.Reference.Name} (at least {scaler.Minimum})")));
        return (app.Method switch
        {
            StopMethod.Scale => "scale to 0",
            StopMethod.Suspend => "suspend",
            StopMethod.Wait => "wait for its end",
            StopMethod.Unschedule => "take from the nodes",
            _ => $"nothing: {app.Obstacle}",
        }) + autoscalers;
    }
}
