using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.FromBackup;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>
/// The lines of all containers of all pods of the recovery Job, init containers too: with the plugin, the reason of a failure stands only there.
/// </summary>
sealed class RecoveryLogs(KubernetesApi api, FromBackupDecision decision, IRunObserver observer)
{
    private readonly ConcurrentDictionary<string, Task> _followed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _segments = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Replayed so far.</summary>
    public int Segments => _segments.Count;

    /// <summary>What is going on, in a few words; null before anything is.</summary>
    public string? Phase { get; private set; }

    public RecoveryFailure? Failure { get; private set; }

    public string? FailureLine { get; private set; }

    public string? LastError { get; private set; }

    /// <summary>Looks for containers that are not read yet.</summary>
    /// <param name="reading">Ends the reading of them all.</param>
    public async Task FollowAsync(StepMeter meter, CancellationToken reading, CancellationToken ct)
    {
        var pods = new ListSelector(Labels: $"{CnpgNames.ClusterLabel}={decision.Cluster},{CnpgNames.JobRoleLabel}={CnpgNames.RecoveryContainer}");
        await foreach (var pod in api.ListAsync(ResourceTypes.Pods, decision.Namespace, pods, ct))
        {
            var (name, uid) = (pod.Text("metadata", "name")!, pod.Text("metadata", "uid"));
            foreach (var container in pod.Items("spec", "initContainers").Concat(pod.Items("spec", "containers")).Select(container => container.Text("name")!))
            {
                _ = _followed.GetOrAdd($"{uid}/{container}", _ => ReadAsync(name, container, meter, reading));
            }
        }
    }

    public Task EndAsync() => Task.WhenAll(_followed.Values);

    private async Task ReadAsync(string pod, string container, StepMeter meter, CancellationToken ct)
    {
        try
        {
            await foreach (var line in api.FollowLogsAsync(decision.Namespace, pod, container, new LogOptions(), ct))
            {
                Take(pod, container, line, meter);
            }
        }
        catch (OperationCanceledException)
        {
            // The recovery has ended.
        }
        catch (RestoreException e)
        {
            // A pod may go before its lines are read; what matters then is what the cluster itself says.
            observer.OnDetail($"{pod}/{container}: {e.Problem.Message}");
        }
    }

    private void Take(string pod, string container, string line, StepMeter meter)
    {
        var (text, isError) = Read(line);
        observer.OnDetail($"{pod}/{container}: {text}");
        if (RestoredSegment(text) is { } segment)
        {
            if (_segments.TryAdd(segment, 0))
            {
                meter.Add(1, 0);
                // The former cluster archives once more when it stops, after the plan was made.
                meter.TotalObjects = meter.TotalObjects > 0 ? Math.Max(meter.TotalObjects, _segments.Count) : 0;
            }

            Phase = $"replaying {segment}";
            return;
        }

        Phase = text switch
        {
            _ when text.Contains("Starting barman-cloud-restore", StringComparison.Ordinal) => "restoring the base backup",
            _ when text.Contains("Restore completed", StringComparison.Ordinal) => "base backup restored",
            _ when text.Contains("archive recovery complete", StringComparison.Ordinal) => "recovery complete, starting the instance",
            _ => Phase,
        };
        lock (_lock)
        {
            if (isError)
            {
                LastError = text;
            }

            if (Failure is null && RecoveryFailure.Find(line) is { } failure)
            {
                (Failure, FailureLine) = (failure, text);
            }
        }
    }

    private static string? RestoredSegment(string text)
    {
        const string before = "restored log file \"";
        var start = text.IndexOf(before, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        start += before.Length;
        var end = text.IndexOf('"', start);
        // A history file is restored in the same words.
        return end < 0 || text.AsSpan(start, end - start).Contains('.') ? null : text[start..end];
    }

    /// <summary>The instance manager writes one JSON object per line; PostgreSQL's own message is nested in it.</summary>
    private static (string Text, bool IsError) Read(string line)
    {
        if (line.StartsWith('{'))
        {
            try
            {
                var json = JsonNode.Parse(line);
                var text = json.Text("record", "message") ?? json.Text("msg") ?? line;
                var error = json.Text("error") ?? json.Text("err");
                var isError = json.Text("level") == "error" || json.Text("record", "error_severity") is "ERROR" or "FATAL" or "PANIC";
                return (error is null ? text : $"{text}: {error}", isError);
            }
            catch (JsonException)
            {
                // Not ours: taken as it is.
            }
        }

        return (line, line.Contains("ERROR", StringComparison.Ordinal));
    }
}
