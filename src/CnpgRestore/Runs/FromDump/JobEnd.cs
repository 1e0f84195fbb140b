using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;

namespace CnpgRestore.Runs.FromDump;

/// <summary>Ends the Job of a run before its time.</summary>
public sealed class JobEnd(KubernetesApi api, string ns, TimeProvider clock)
{
    /// <summary>A pod has half a minute to end, and its node a moment to say so.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Deletes the run's Job, and waits until its pod is gone: nothing of it loads any more.</summary>
    /// <exception cref="RestoreException">Exit 20: the pod does not go, as its node does not answer; whether it still loads cannot be told from here.</exception>
    public async Task RunAsync(string run, CancellationToken ct)
    {
        var selector = new ListSelector(Labels: $"{PsqlJob.RunLabel}={run}");
        await foreach (var job in api.ListAsync(ResourceTypes.Jobs, ns, selector, ct))
        {
            await api.DeleteAsync(ObjectReference.Of(ResourceTypes.Jobs, job), new DeleteOptions(Uid: null), ct);
        }

        IReadOnlyCollection<JsonObject> left = [];
        using var late = new CancellationTokenSource(Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            await api.WaitUntilNoneAsync(ResourceTypes.Jobs, ns, selector, jobs => left = jobs, either.Token);
            await api.WaitUntilNoneAsync(ResourceTypes.Pods, ns, selector, pods => left = pods, either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested && left.FirstOrDefault() is { } held)
        {
            throw new RestoreException(Lingering(held), e);
        }
    }

    private Problem Lingering(JsonObject held)
    {
        var name = held.Text("metadata", "name");
        return held.Text("spec", "nodeName") is { } node
            ? new Problem(
                ProblemCode.Stopped,
                $"pod {name} was deleted and does not go",
                $"node {node} does not tell that it has ended; while it may still load, nothing else does",
                $"if the node is off for good: kubectl delete pod -n {ns} {name} --force; then run the same command again")
            : new Problem(ProblemCode.Stopped, $"Job {name} was deleted and does not go", "a finalizer keeps it", $"kubectl describe job -n {ns} {name}; then run the same command again");
    }
}
