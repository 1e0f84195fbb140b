using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;

namespace CnpgRestore.Runs.FromDump;

/// <summary>Waits until the pod of a Job that loads a dump has begun, or until it is clear that it does not.</summary>
/// <param name="job">Name of the Job.</param>
/// <param name="volume">What the pod mounts.</param>
public sealed class JobPod(KubernetesApi api, string ns, string job, DumpVolume volume, TimeProvider clock)
{
    /// <summary>Its Secret comes a moment after the Job; another node lets go of the volume, or a new one is added, within minutes.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <returns>Its name; null where the Job has ended and left none.</returns>
    /// <exception cref="RestoreException">Exit 20: it does not start, for a reason that lasts. The Job stays as it is, to be looked at.</exception>
    public async Task<string?> BegunAsync(CancellationToken ct)
    {
        using var late = new CancellationTokenSource(Start, clock);
        while (true)
        {
            var isLate = late.IsCancellationRequested;
            // Asked before the pods: the pod of a Job that has ended by then is among them, and what it said is in its log.
            var hasEnded = await api.FindAsync(new ObjectReference(ResourceTypes.Jobs, ns, job), ct) is not { } item || item.HasCondition("Complete") || item.HasCondition("Failed");
            var pods = await api.ListAsync(ResourceTypes.Pods, ns, new ListSelector(Labels: $"job-name={job}"), ct).ToListAsync(ct);
            if (pods.Find(HasBegun) is { } begun)
            {
                return begun.Text("metadata", "name")!;
            }

            if (hasEnded)
            {
                return null;
            }

            if (pods.Select(OfImage).FirstOrDefault(problem => problem is not null) is { } image)
            {
                throw new RestoreException(image);
            }

            if (isLate && await ReasonAsync(pods, ct) is { } reason)
            {
                // A run has begun, whatever the reason is: it goes on when it is mended.
                throw new RestoreException(reason with { Code = ProblemCode.Stopped });
            }

            await Task.Delay(Interval, clock, ct);
        }
    }

    /// <summary>Its container runs, or has run.</summary>
    public static bool HasBegun(JsonObject pod) =>
        pod.Items("status", "containerStatuses").Any(status => status.At("state", "running") is not null || status.At("state", "terminated") is not null);

    private Problem? OfImage(JsonObject pod) =>
        pod.Items("status", "containerStatuses").FirstOrDefault(status => status.Text("state", "waiting", "reason") is "ErrImageNeverPull" or "InvalidImageName" or "ImagePullBackOff") is { } stuck
            ? new Problem(
                ProblemCode.Stopped, $"the Job {job} does not start", $"{stuck.Text("state", "waiting", "reason")}: {stuck.Text("state", "waiting", "message")}", $"kubectl describe job -n {ns} {job}")
            : null;

    private async Task<Problem?> ReasonAsync(List<JsonObject> pods, CancellationToken ct)
    {
        foreach (var pod in pods)
        {
            if (await new PodTroubles(api, ObjectReference.Of(ResourceTypes.Pods, pod), volume).ReasonAsync(pod, isLate: true, ct) is { } problem)
            {
                return problem;
            }
        }

        // A quota, or Pod Security, takes no pod at all.
        var refused = pods.Count > 0 ? null : await api.ListAsync(ResourceTypes.Events, ns, new ListSelector(Fields: $"involvedObject.name={job}"), ct)
            .FirstOrDefaultAsync(told => told.Text("reason") == "FailedCreate", ct);
        return refused is null ? null : new Problem(ProblemCode.Stopped, $"the Job {job} gets no pod", refused.Text("message"), $"kubectl describe job -n {ns} {job}");
    }
}
