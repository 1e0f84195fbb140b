using System.Globalization;
using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Diagnosis.Report;

/// <summary>What the runbook's recovery commands show, line by line: the Cluster, its pods, the end of their logs, what is mounted.</summary>
public static class Surroundings
{
    private const int LinesShown = 8;

    public static IEnumerable<string> Of(Examination exam) => OfCluster(exam).Concat(exam.Pods.SelectMany(pod => OfPod(exam, pod))).Concat(OfBucket(exam)).Concat(OfDumps(exam));

    private static IEnumerable<string> OfCluster(Examination exam)
    {
        yield return exam.State is { } state
            ? $"cluster {exam.Cluster}: {(state.Phase.Length == 0 ? "no phase yet" : state.Phase)}, {state.ReadyInstances} of {state.Instances} ready, primary {state.CurrentPrimary ?? "none"}, image {state.Image ?? "unknown"}"
            : $"cluster {exam.Cluster}: not there";
        foreach (var condition in exam.State?.Conditions ?? [])
        {
            yield return $"  {condition.Type}={condition.IsTrue} {condition.Reason}: {condition.Message}";
        }

        foreach (var claim in exam.Claims)
        {
            yield return $"volume {Owned.Name(claim)}: {claim.Text("status", "phase")}, {claim.Text("spec", "resources", "requests", "storage")}";
        }
    }

    private static IEnumerable<string> OfPod(Examination exam, JsonObject pod)
    {
        yield return $"pod {Owned.Name(pod)}: {pod.Text("status", "phase")}";
        foreach (var volume in pod.Items("spec", "volumes").Where(volume => volume.At("nfs") is not null))
        {
            yield return $"  mounts NFS {volume.Text("nfs", "server")}:{volume.Text("nfs", "path")} as volume {volume.Text("name")}";
        }

        foreach (var log in exam.Logs.Where(log => log.Pod == Owned.Name(pod)))
        {
            yield return $"  container {log.Container}, its last lines:";
            foreach (var line in log.Lines.TakeLast(LinesShown))
            {
                yield return $"    {LogRecord.Parse(line).Text}";
            }
        }
    }

    private static IEnumerable<string> OfBucket(Examination exam)
    {
        if (exam.Bucket.Address is { } address)
        {
            yield return $"bucket {address}: {(exam.Bucket.Problem is { } problem ? problem.Message : exam.Bucket.Names.Count == 0 ? "no server folder" : string.Join(", ", exam.Bucket.Names))}";
        }

        foreach (var folder in exam.Bucket.Folders)
        {
            yield return $"  {folder.Name}/: {folder.Size}, newest usable base backup {folder.State.Newest?.ToString() ?? "none"}, last WAL {Time(folder.State.Archive.Newest?.LastModified)}";
        }
    }

    private static IEnumerable<string> OfDumps(Examination exam) => (exam.Dumps?.Folder?.Dumps ?? []).Select(dump =>
        $"dump {dump.Names[0]}: {dump.File.Size}, {Time(dump.Time)}, {dump.Inspection?.State.ToString().ToLowerInvariant() ?? "not read"}");

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-";
}
