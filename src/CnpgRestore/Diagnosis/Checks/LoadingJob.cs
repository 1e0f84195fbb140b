using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Workloads;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>A Job that runs psql or pg_restore on the Cluster, with the pod of its last attempt: earlier ones are over.</summary>
/// <param name="IsComplete">Kubernetes calls it done: what it met on its way did not stop it.</param>
/// <param name="ReadsDump">It loads a file; other Jobs ask or change something, and no dump repairs them.</param>
sealed partial record LoadingJob(string Name, JsonObject Pod, bool IsComplete, bool ReadsDump)
{
    /// <summary>Of the Jobs of one CronJob only the newest: the next run has taken the place of those before.</summary>
    public static IEnumerable<LoadingJob> Of(Examination exam)
    {
        var hosts = new ClusterHosts(exam.Namespace, exam.Cluster, exam.Live, exam.Poolers, [.. exam.Services]);
        var uses = new PodTemplateUses(hosts, ConfigUses.OfCluster(exam.Namespace, exam.Cluster, exam.Live));
        return exam.Pods
            .Where(pod => !exam.IsOfCluster(pod) && Owned.JobOf(pod) is not null && RunsClient(pod) && uses.Find(pod["spec"], exam.Namespace).Count > 0)
            .GroupBy(pod => CronJobOf(exam, pod) ?? $"job/{Owned.JobOf(pod)}")
            .Select(group => group.OrderBy(pod => pod.Text("metadata", "creationTimestamp"), StringComparer.Ordinal).Last())
            .Select(pod => Read(exam, pod));
    }

    private static LoadingJob Read(Examination exam, JsonObject pod)
    {
        var name = Owned.JobOf(pod)!;
        return new LoadingJob(name, pod, JobOf(exam, name)?.HasCondition("Complete") == true, Commands(pod).Any(line => ReadingDump().IsMatch(line)));
    }

    private static JsonObject? JobOf(Examination exam, string name) => exam.Jobs.FirstOrDefault(job => Owned.Name(job) == name);

    private static string? CronJobOf(Examination exam, JsonObject pod) =>
        JobOf(exam, Owned.JobOf(pod)!).Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Text("kind") == ResourceTypes.CronJobs.Kind).Text("name");

    private static bool RunsClient(JsonObject pod) =>
        pod["spec"]?.ToJsonString() is { } spec && (spec.Contains("psql", StringComparison.Ordinal) || spec.Contains("pg_restore", StringComparison.Ordinal));

    /// <summary>One for each container: a program and its words, or a script.</summary>
    private static IEnumerable<string> Commands(JsonObject pod) => pod.Items("spec", "initContainers").Concat(pod.Items("spec", "containers"))
        .Select(container => string.Join(' ', container.Items("command").Concat(container.Items("args")).Select(word => word.Text())));

    // pg_restore; psql -f or --file; psql < FILE, which is no here-document (<<); or a packed dump that is unpacked into psql.
    [GeneratedRegex(@"pg_restore|psql[^\n;|]*\s(-f|--file)\b|psql[^\n;|<]*<\s*[^<=(\s]|(zcat|gunzip|gzip|zstd|bzcat|xzcat)[^\n;]*\|\s*psql", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReadingDump();
}
