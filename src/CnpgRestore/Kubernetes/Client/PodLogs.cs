using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>The output of one container as its node keeps it.</summary>
sealed class PodLogs(ApiRequests requests, string ns, string pod, string container)
{
    private const int Limit = 16 << 20;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Empty for a container that has not started.</summary>
    public async Task<string> ReadAsync(LogOptions options, CancellationToken ct)
    {
        try
        {
            return await requests.RunAsync(
                Request(string.Create(CultureInfo.InvariantCulture, $"{Query(options)}&limitBytes={Limit}")),
                static (response, token) => response.Content.ReadAsStringAsync(token),
                ct);
        }
        catch (RestoreException e) when (IsNotStarted(e))
        {
            return "";
        }
    }

    public async IAsyncEnumerable<string> FollowAsync(LogOptions options, [EnumeratorCancellation] CancellationToken ct)
    {
        // Kubelet writes times with all nine digits, so their order is that of their texts.
        var last = "";
        while (true)
        {
            // Asked first: a container that had ended before its log was opened has given all of it when the log ends.
            var ended = await HasEndedAsync(ct);
            var resumed = last;
            using (var stream = await TryOpenAsync(options, last, ct))
            {
                while (stream is not null && await stream.NextAsync(ct) is { } line)
                {
                    // A line without a time is no line of the container: the kubelet says that it cannot read more.
                    if (Split(line) is var (time, text) && string.CompareOrdinal(time, resumed) > 0)
                    {
                        last = time;
                        yield return text;
                    }
                }

                if (ended && stream?.WasCut != true)
                {
                    yield break;
                }
            }

            await Task.Delay(Pause, requests.Clock, ct);
        }
    }

    private async Task<LineStream?> TryOpenAsync(LogOptions options, string since, CancellationToken ct)
    {
        try
        {
            // The server compares whole seconds; what it repeats is skipped.
            var from = since.Length == 0 ? Query(options) : $"&sinceTime={Uri.EscapeDataString($"{since[..19]}{Zone(since)}")}";
            var response = await requests.OpenAsync(Request($"{from}&follow=true&timestamps=true"), ct);
            return new LineStream(response, await response.Content.ReadAsStreamAsync(ct));
        }
        catch (RestoreException e) when (IsNotStarted(e) || e.IsMissing)
        {
            return null;
        }
    }

    private async Task<bool> HasEndedAsync(CancellationToken ct)
    {
        var found = await requests.FindAsync(
            ApiRequest.Read("get", ResourceTypes.Pods, ResourceTypes.Pods.PathIn(ns, pod)) with { Namespace = ns, Name = pod }, ct);
        return found is null || HasEnded(found, container);
    }

    /// <summary>Whether the container will write no more: its pod has ended, or it has and is not started again.</summary>
    internal static bool HasEnded(JsonObject pod, string container)
    {
        if (pod.Text("status", "phase") is "Succeeded" or "Failed")
        {
            return true;
        }

        var statuses = pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses"));
        if (statuses.FirstOrDefault(status => status.Text("name") == container).At("state", "terminated") is not { } end)
        {
            return false;
        }

        // An init container runs once, unless it is a sidecar, or fails in a pod that restarts.
        var init = pod.Items("spec", "initContainers").FirstOrDefault(init => init.Text("name") == container);
        return init.Text("restartPolicy") != "Always" && (pod.Text("spec", "restartPolicy") == "Never" || (init is not null && end.Number("exitCode") == 0));
    }

    private ApiRequest Request(string query) =>
        ApiRequest.Read("get", ResourceTypes.Pods, $"{ResourceTypes.Pods.PathIn(ns, pod, "log")}?container={Uri.EscapeDataString(container)}{query}") with { Namespace = ns, Name = pod, Subresource = "log" };

    private static string Query(LogOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(options.Tail is { } lines ? $"&tailLines={lines}" : "")}{(options.Previous ? "&previous=true" : "")}");

    private static (string Time, string Text)? Split(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is > 19 and < 40 and var end && char.IsAsciiDigit(line[0]) && line[10] == 'T'
            ? (line[..end], line[(end + 1)..])
            : null;

    // 2026-11-22T14:00:00.123456789Z, or with +01:00 at its end.
    private static string Zone(string time) => time[19..].TrimStart('.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');

    // kubelet: container "x" in pod "y" is waiting to start; previous terminated container "x" in pod "y" not found.
    private static bool IsNotStarted(RestoreException e) =>
        e.InnerException is ApiStatusException { Status: { Code: HttpStatusCode.BadRequest } status } &&
        (status.Message.Contains("is waiting to start", StringComparison.Ordinal) || status.Message.Contains("not found", StringComparison.Ordinal)
            || status.Message.Contains("is not available", StringComparison.Ordinal) || status.Message.Contains("does not have a host assigned", StringComparison.Ordinal));
}
