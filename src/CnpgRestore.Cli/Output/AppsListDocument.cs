using CnpgRestore.Kubernetes.Workloads;

namespace CnpgRestore.Cli.Output;

/// <summary>The result of <c>apps list -o json</c>.</summary>
/// <param name="SessionsOutside">Of clients that are no pod.</param>
/// <param name="SessionsUnknown">Why nobody could be asked for sessions; absent where they are known.</param>
/// <param name="Unreadable">What may not be listed: there may be applications.</param>
sealed record AppsListDocument(
    string Cluster, string Namespace, IReadOnlyList<AppItem> Apps, IReadOnlyList<ClusterSession> SessionsOutside, string? SessionsUnknown, IReadOnlyList<string> Unreadable)
{
    public static AppsListDocument From(FoundApps found) =>
        new(found.Cluster, found.Namespace, [.. found.Apps.Select(AppItem.From)], found.Outside, found.SessionsProblem, found.Unreadable);
}

/// <param name="Replicas">Wanted now; absent where it has no number.</param>
/// <param name="StopsBy"><c>scale</c>, <c>suspend</c>, <c>wait</c>, <c>unschedule</c> or <c>none</c>.</param>
/// <param name="StoppedFrom">What it was before a run stopped it, as JSON; absent where none has.</param>
sealed record AppItem(
    string Kind,
    string Namespace,
    string Name,
    int? Replicas,
    int Pods,
    int Sessions,
    string StopsBy,
    string? Obstacle,
    IReadOnlyList<AppReason> Reasons,
    IReadOnlyList<string> Autoscalers,
    string? StoppedBy,
    string? StoppedFrom)
{
    public static AppItem From(App app) => new(
        app.Reference.Type.Kind,
        app.Reference.Namespace ?? "",
        app.Reference.Name,
        app.Replicas,
        app.Pods,
        app.Sessions,
        app.Method.ToString().ToLowerInvariant(),
        app.Obstacle,
        app.Reasons,
        [.. app.Autoscalers.Select(scaler => AppName.Of(scaler.Reference).ToString())],
        app.Stopped?.Run,
        app.Stopped?.Before);
}
