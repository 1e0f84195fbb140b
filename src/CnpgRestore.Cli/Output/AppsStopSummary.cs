using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Runs.Apps;

namespace CnpgRestore.Cli.Output;

/// <summary>The last message of <c>apps stop</c>.</summary>
sealed record AppsStopSummary(
    string MessageType, string Run, string Cluster, IReadOnlyList<StoppedItem> Stopped, int SessionsTerminated, IReadOnlyList<ClusterSession> SessionsLeft, double Seconds)
{
    public static AppsStopSummary From(AppsStopResult result) => new(
        "summary", result.Run, result.Cluster, [.. result.Stopped.Select(StoppedItem.From)], result.Terminated, result.Left, Math.Round(result.Took.TotalSeconds, 1));
}

/// <param name="Was">What it was before it was stopped, as JSON.</param>
/// <param name="Replicas">With which it starts; absent where it has no number.</param>
sealed record StoppedItem(string Kind, string Namespace, string Name, string Was, int? Replicas)
{
    public static StoppedItem From(StoppedApp app) => new(app.Reference.Type.Kind, app.Reference.Namespace ?? "", app.Reference.Name, app.Record.Before, app.Replicas);
}
