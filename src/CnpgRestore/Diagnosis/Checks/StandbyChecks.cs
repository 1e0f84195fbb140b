using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>Standbys that do not follow the primary any more.</summary>
static class StandbyChecks
{
    private const int LinesShown = 3;

    // PostgreSQL (src/backend/replication, src/backend/access/transam) and pg_rewind, as the instance manager runs it.
    private static readonly string[] Diverged =
    [
        "forked off current database system timeline", "has already been removed", "pg_rewind: error", "is not a child of this server's history", "is not a child of database system timeline",
    ];

    public static IEnumerable<Finding> Look(Examination exam)
    {
        foreach (var said in exam.Logs.Where(log => IsOfStandby(exam, log)).SelectMany(log => log.Lines.Select(line => (log.Pod, log.Place, LogRecord.Parse(line).Text))).Where(said => Tells(said.Text)).GroupBy(said => said.Pod))
        {
            var pod = said.Key;
            var claims = exam.Claims.Where(claim => claim.Text("metadata", "labels", CnpgNames.InstanceNameLabel) == pod).Select(claim => $"pvc/{Owned.Name(claim)}").ToList();
            var found = exam.Found(
                InstanceAilments.StandbyDiverged, $"standby {pod} cannot follow the primary {exam.State!.CurrentPrimary}", said.Select(line => new Evidence(line.Place, line.Text)).Distinct().TakeLast(LinesShown),
                ("claims", claims.Count == 0 ? $"pvc/{pod}" : string.Join(' ', claims)), ("pod", pod));
            // Without a primary that is well the standby may be the only copy.
            yield return exam.ReadyPods.Any(ready => Owned.Name(ready) == exam.State.CurrentPrimary) ? found : found with { Command = $"kubectl logs {pod} -n {exam.Namespace} -c {CnpgNames.PostgresContainer}" };
        }
    }

    /// <summary>What would mean a recovery that went wrong, said by a standby of a Cluster that has its data.</summary>
    public static bool Explains(Examination exam, ContainerLog log, string text) => IsOfStandby(exam, log) && Tells(text);

    // A primary says of its standbys that their WAL has been removed, too.
    private static bool IsOfStandby(Examination exam, ContainerLog log) => exam.HasPrimary && log.Job is null && log.Pod != exam.State!.CurrentPrimary
        && exam.Pods.Any(pod => Owned.Name(pod) == log.Pod && exam.IsInstance(pod) && !pod.HasCondition("Ready"));

    private static bool Tells(string text) => Diverged.Any(words => text.Contains(words, StringComparison.Ordinal));
}
