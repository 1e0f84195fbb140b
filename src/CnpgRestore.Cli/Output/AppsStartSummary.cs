using CnpgRestore.Runs.Apps;

namespace CnpgRestore.Cli.Output;

/// <summary>The last message of <c>apps start</c>.</summary>
sealed record AppsStartSummary(
    string MessageType, string Run, string Cluster, IReadOnlyList<StoppedItem> Started, IReadOnlyList<string> Differences, IReadOnlyList<string> Warnings, double Seconds)
{
    public static AppsStartSummary From(AppsStartResult result) => new(
        "summary", result.Run, result.Cluster, [.. result.Started.Select(StoppedItem.From)], result.Differences, result.Warnings, Math.Round(result.Took.TotalSeconds, 1));
}
