using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>The last lines of all containers of some pods, init containers too, and of those that crashed before.</summary>
static class LogCollection
{
    private const int LinesKept = 1000;
    private const int PodsRead = 24;
    private const int InFlight = 8;

    /// <summary>The Cluster's own pods first, however old: an instance may be up for months while Jobs come and go around it.</summary>
    public static IReadOnlyList<JsonObject> Choose(IReadOnlyList<JsonObject> pods, Func<JsonObject, bool> isOfCluster, NoteTaking notes)
    {
        if (pods.Count > PodsRead)
        {
            notes.Add($"logs of {PodsRead} of {pods.Count} pods were read: the Cluster's, then the newest");
        }

        return [.. pods.OrderByDescending(isOfCluster).ThenByDescending(pod => pod.Text("metadata", "creationTimestamp"), StringComparer.Ordinal).Take(PodsRead)];
    }

    public static async Task<IReadOnlyList<ContainerLog>> ReadAsync(KubernetesApi api, string ns, IReadOnlyList<JsonObject> pods, NoteTaking notes, CancellationToken ct)
    {
        var found = new ConcurrentDictionary<(int, int), ContainerLog>();
        var wanted = pods.SelectMany((pod, index) => Containers(pod).Select((container, place) => (Key: (index, place), pod, container)));
        await Parallel.ForEachAsync(wanted, new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = ct }, async (item, token) =>
        {
            var (name, container) = (Owned.Name(item.pod), item.container);
            var text = await notes.ReadAsync($"the log of container {container} in pod {name}", "", () => api.LogsAsync(ns, name, container.Name, new LogOptions(LinesKept, container.Previous), token));
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length > 0)
            {
                found[item.Key] = new ContainerLog(name, container.ToString(), Owned.JobOf(item.pod), lines);
            }
        });
        return [.. found.OrderBy(item => item.Key).Select(item => item.Value)];
    }

    private static IEnumerable<Container> Containers(JsonObject pod)
    {
        foreach (var status in pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses")))
        {
            var name = status.Text("name") ?? "";
            if (status.At("lastState", "terminated") is not null)
            {
                yield return new Container(name, Previous: true);
            }

            if (status.At("state", "running") is not null || status.At("state", "terminated") is not null)
            {
                yield return new Container(name, Previous: false);
            }
        }
    }

    private sealed record Container(string Name, bool Previous)
    {
        public override string ToString() => Previous ? $"{Name} (before its restart)" : Name;
    }
}
