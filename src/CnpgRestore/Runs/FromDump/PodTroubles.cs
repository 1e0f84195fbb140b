using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Runs.FromDump;

/// <summary>Why a pod that mounts a volume of dumps does not start, with what repairs it: by its status, and by the events about it.</summary>
sealed class PodTroubles(KubernetesApi api, ObjectReference pod, DumpVolume volume)
{
    private string Look => $"kubectl describe pod -n {pod.Namespace} {pod.Name}";

    /// <param name="isLate">Whatever it is, it has lasted too long.</param>
    /// <returns>Null where it may still start.</returns>
    public async Task<Problem?> FindAsync(JsonObject state, bool isLate, CancellationToken ct) =>
        await ReasonAsync(state, isLate, ct)
        ?? (isLate ? new Problem(ProblemCode.Stopped, $"the pod {pod.Name} that would read the dumps has not started", $"its phase is {state.Text("status", "phase")}", Look) : null);

    /// <summary>As <see cref="FindAsync"/>; null as well where Kubernetes gives no reason: an image that is being pulled takes what it takes.</summary>
    public async Task<Problem?> ReasonAsync(JsonObject state, bool isLate, CancellationToken ct)
    {
        if (PodStatus.Troubles(state).FirstOrDefault() is { } trouble)
        {
            return volume is DumpVolume.Claim claim && trouble.Contains("persistentvolumeclaim", StringComparison.Ordinal)
                ? new Problem(ProblemCode.NotFound, $"Backup file not found: PersistentVolumeClaim {claim.Name} cannot be used in namespace {pod.Namespace}", trouble, $"kubectl get pvc -n {pod.Namespace}")
                : new Problem(ProblemCode.Refused, $"the pod {pod.Name} that would read the dumps does not start", trouble, Look);
        }

        var events = await api.ListAsync(ResourceTypes.Events, pod.Namespace, new ListSelector(Fields: $"involvedObject.name={pod.Name}"), ct).ToListAsync(ct);
        // Images come after the volumes: what was said of a mount is over.
        return events.Any(item => item.Text("reason") is "Pulling" or "Pulled")
            ? null
            : events.Where(item => item.Text("reason") is "FailedMount" or "FailedAttachVolume").Select(item => item.Text("message")).OfType<string>()
                .Select(message => OfMount(message, isLate)).FirstOrDefault(problem => problem is not null);
    }

    private Problem? OfMount(string message, bool isLate) => volume switch
    {
        DumpVolume.Nfs nfs => new Problem(
            ProblemCode.Unreachable,
            $"NFS mount failed: {nfs.Server}:{nfs.Path}",
            OneLine(message),
            $"showmount -e {nfs.Server} shows what it exports, and to whom; the node needs an NFS client (apt-get install nfs-common)"),
        DumpVolume.HostPath host when message.Contains("is not a directory", StringComparison.Ordinal) || message.Contains("no such file", StringComparison.OrdinalIgnoreCase) => new Problem(
            ProblemCode.NotFound, $"Backup file not found: {host.Path} is no folder of the node", OneLine(message), "name a folder of the node that the pod runs on, or --pvc"),
        // A volume that another node has not let go of yet comes in time.
        DumpVolume.Claim when !isLate && (IsElsewhere(message) || message.Contains("timed out", StringComparison.Ordinal)) => null,
        DumpVolume.Claim claim when IsElsewhere(message) => new Problem(
            ProblemCode.Refused,
            $"PersistentVolumeClaim {claim.Name} is mounted on another node",
            OneLine(message),
            $"it may be on one node at a time (ReadWriteOnce); kubectl get pods -n {pod.Namespace} -o wide shows who has it there: wait until that pod has ended, or stop it"),
        _ => new Problem(ProblemCode.Refused, $"the volume {volume} cannot be mounted", OneLine(message), Look),
    };

    private static bool IsElsewhere(string message) => message.Contains("Multi-Attach", StringComparison.Ordinal);

    private static string OneLine(string message) => string.Join("; ", message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
