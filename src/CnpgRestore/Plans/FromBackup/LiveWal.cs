using CnpgRestore.Barman.Recovery;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Postgres;
using static System.FormattableString;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>What the live Cluster has written and the bucket does not hold: it goes with the Cluster's volumes.</summary>
sealed class LiveWal(KubernetesApi api, FromBackupRequest request)
{
    /// <summary>Refuses where that is known to be something; says what becomes of it otherwise.</summary>
    public async Task CheckAsync(Situation situation, FolderState origin, RecoveryPath path, List<Problem> problems, List<string> notes, CancellationToken ct)
    {
        if (situation.Live is null || ClusterManifest.Read(situation.Live, _ => null).Destination?.ServerName != origin.Name)
        {
            return;
        }

        var live = CnpgCluster.Read(situation.Live);
        var identifier = live.SystemIdentifier ?? await AskAsync(live, ct);
        if (identifier is { } other && other != path.Extent.SystemId)
        {
            notes.Add(
                Invariant($"the live Cluster is another database than the backup's (system identifiers {other} and {path.Extent.SystemId}{(live.CreatedAt is { } created ? $"; created {created:yyyy-MM-dd HH:mm}Z" : "")}), made new by initdb or by a major upgrade: what was written to it is not recovered; dump it first if any of it is needed"));
        }
        else if (live.IsArchiving == false && !request.AcceptsWalLoss)
        {
            var condition = live.Condition(ClusterCondition.ContinuousArchiving)!;
            problems.Add(new Problem(
                ProblemCode.Refused,
                "the live Cluster does not archive: what it has written since is in no bucket, and its volumes would be deleted",
                Invariant($"ContinuousArchiving is False{(condition.Since is { } since ? $" since {since:yyyy-MM-dd HH:mm}Z" : "")}: {condition.Message}"),
                $"find out why: cnpg-restore doctor {request.Cluster} -n {request.Namespace}; or dump the database first; --accept-wal-loss recovers without what was not archived"));
        }
        else if (request.AcceptsWalLoss)
        {
            notes.Add("what the live Cluster has written and not archived is lost, as --accept-wal-loss says");
        }
        else if (IsReady(live))
        {
            notes.Add($"the last WAL of the live Cluster is waited for in {origin.Name}/ before the Cluster is deleted");
        }
        else
        {
            notes.Add("no instance of the live Cluster is ready: what it has written and not archived is lost with its volumes");
        }
    }

    /// <summary>Whether there is a primary that could archive.</summary>
    public static bool IsReady(CnpgCluster live) => live is { CurrentPrimary: not null, ReadyInstances: > 0 };

    /// <summary>CNPG before 1.26 does not say it in the status.</summary>
    private async Task<SystemIdentifier?> AskAsync(CnpgCluster live, CancellationToken ct)
    {
        if (!IsReady(live))
        {
            return null;
        }

        try
        {
            return SystemIdentifier.Parse(await new InstancePsql(api, request.Namespace, live.CurrentPrimary!).ValueAsync("postgres", "SELECT system_identifier FROM pg_control_system()", ct));
        }
        catch (RestoreException)
        {
            return null;
        }
    }
}
