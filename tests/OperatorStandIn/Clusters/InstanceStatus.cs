using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>What the instance managers report over HTTP, on the port of CloudNativePG's own.</summary>
sealed class InstanceStatus(TimeProvider clock) : IDisposable
{
    // Each answer is a session of its PostgreSQL.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // One that is gone does not let itself be connected to; one that is only slow is ready all the same.
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = TimeSpan.FromSeconds(15) };
    private readonly ConcurrentDictionary<string, JsonObject> _reports = new();
    private readonly ConcurrentDictionary<string, long> _asked = new();

    /// <summary>The latest report of a pod; null when it does not answer.</summary>
    public JsonObject? Of(JsonObject pod) => _reports.GetValueOrDefault(pod.Uid);

    /// <summary>Asks all ready instances at the same time: one that has just become so now, the others when it is their turn again.</summary>
    public Task AskAsync(IEnumerable<JsonObject> pods, CancellationToken ct) =>
        Task.WhenAll(pods.Where(pod => IsReady(pod) && IsDue(pod)).ToList().Select(pod => AskAsync(pod, ct)));

    public static bool IsReady(JsonObject pod) => !pod.IsBeingDeleted
        && pod.Items("status", "conditions").Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True");

    public Task<JsonObject?> BeginBackupAsync(JsonObject pod, string backup, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, pod, $"pg/backup/{backup}", ct);

    public Task<JsonObject?> BackupAsync(JsonObject pod, string backup, CancellationToken ct) =>
        SendAsync(HttpMethod.Get, pod, $"pg/backup/{backup}", ct);

    public void Dispose() => _http.Dispose();

    private bool IsDue(JsonObject pod) => !_asked.TryGetValue(pod.Uid, out var asked) || clock.GetElapsedTime(asked) >= Interval;

    private async Task AskAsync(JsonObject pod, CancellationToken ct)
    {
        _asked[pod.Uid] = clock.GetTimestamp();
        if (await SendAsync(HttpMethod.Get, pod, "pg/status", ct) is { } report)
        {
            _reports[pod.Uid] = report;
        }
        else
        {
            _reports.TryRemove(pod.Uid, out _);
        }
    }

    private async Task<JsonObject?> SendAsync(HttpMethod method, JsonObject pod, string path, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(method, $"http://{pod.Text("status", "podIP")}:8000/{path}");
            using var response = await _http.SendAsync(request, ct);
            return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync(ct)) as JsonObject : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // The instance starts, stops or is gone; the next round tells.
            return null;
        }
    }
}
