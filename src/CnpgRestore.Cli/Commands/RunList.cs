using CnpgRestore.Cli.Output;
using CnpgRestore.Kubernetes;
using CnpgRestore.Runs;
using CnpgRestore.Runs.Clusters;

namespace CnpgRestore.Cli.Commands;

/// <summary>The runs that are known here, and those that a namespace of Kubernetes has a record of; each once, the newest first.</summary>
static class RunList
{
    public static IReadOnlyList<RunItem> Here(StateFolder state) => [.. state.List().Select(run => ItemOf(state, run)).OfType<RunItem>()];

    private static RunItem? ItemOf(StateFolder state, RunId run)
    {
        try
        {
            return RunItem.Of(run, state.Read(run));
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.Refused)
        {
            // One that is damaged hides no other.
            return RunItem.Damaged(run, e.Problem.Message);
        }
    }


    public static async Task<IReadOnlyList<RunItem>> HereAndInAsync(StateFolder state, KubernetesApi api, CancellationToken ct)
    {
        var items = Here(state).ToDictionary(item => item.Run);
        await foreach (var recorded in new RunRecord(api).ListAsync(api.Namespace, ct))
        {
            var decision = recorded.Decision;
            items[decision.Run] = items.TryGetValue(decision.Run, out var here)
                ? here with { KnownFrom = RunItem.Both }
                : RunItem.Of(new RunId(decision.Run), decision);
        }

        return [.. items.Values.OrderByDescending(item => item.Run, StringComparer.Ordinal)];
    }
}
