using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Recovery;

/// <summary>What a pod says about its containers, init containers included (Kubernetes, core/v1 PodStatus).</summary>
static class PodStatus
{
    // Reasons for which a container waits and that do not pass by themselves in a minute.
    private static readonly string[] Stuck =
    [
        "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff",
    ];

    /// <summary>Containers that have begun to write.</summary>
    public static IEnumerable<string> StartedContainers(JsonObject pod) => Statuses(pod)
        .Where(status => status.At("state", "running") is not null || status.At("state", "terminated") is not null || status.At("lastState", "terminated") is not null)
        .Select(status => status.Text("name") ?? "");

    /// <summary>Containers that ended with a failure, with their exit code and what the kubelet says: <c>OOMKilled</c>, <c>Error</c>.</summary>
    public static IEnumerable<(string Container, int ExitCode, string Reason)> FailedContainers(JsonObject pod) => Statuses(pod)
        .Where(status => status.Number("state", "terminated", "exitCode") is > 0)
        .Select(status => (status.Text("name") ?? "", status.Number("state", "terminated", "exitCode") ?? 0, status.Text("state", "terminated", "reason") ?? ""));

    /// <summary>Why the pod does not get on, one clause each; empty where it does.</summary>
    public static IEnumerable<string> Troubles(JsonObject pod)
    {
        foreach (var status in Statuses(pod))
        {
            if (status.Text("state", "waiting", "reason") is { } reason && Stuck.Contains(reason))
            {
                yield return $"container {status.Text("name")} waits: {reason}{Behind(status.Text("state", "waiting", "message"))}";
            }

            if (status.Text("state", "terminated", "reason") == "OOMKilled")
            {
                yield return $"container {status.Text("name")} was killed for its memory (OOMKilled)";
            }
        }

        foreach (var condition in pod.Items("status", "conditions"))
        {
            if (condition.Text("type") == "PodScheduled" && condition.Text("status") == "False")
            {
                yield return $"no node takes the pod: {condition.Text("reason")}{Behind(condition.Text("message"))}";
            }
        }
    }

    private static IEnumerable<JsonNode> Statuses(JsonObject pod) => pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses"));

    private static string Behind(string? message) => string.IsNullOrEmpty(message) ? "" : $", {message}";
}
