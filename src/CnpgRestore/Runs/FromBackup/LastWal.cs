using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Postgres;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>
/// Right before the former Cluster is deleted: its last WAL is in the bucket. A pod that ends archives it too, but only as long as the operator lets it
/// (<c>stopDelay</c>; cloudnative-pg issue 10341), and nobody looks whether it did.
/// </summary>
sealed class LastWal(KubernetesApi api, IObjectStore store, FromBackupPlan plan, TimeProvider clock)
{
    private FromBackupDecision Decision => plan.Decision;

    /// <exception cref="RestoreException">Exit 20: it cannot be had, and the Cluster stays.</exception>
    public async Task ArchiveAsync(StepMeter meter, CancellationToken ct)
    {
        if (Decision.AcceptsWalLoss || !plan.FormerArchivesToOrigin || await api.FindAsync(Decision.Reference, ct) is not { } item)
        {
            return;
        }

        var live = CnpgCluster.Read(item);
        // What is not ready cannot archive, as the plan says; and another database has nothing that belongs into this folder.
        if (!LiveWal.IsReady(live) || (live.SystemIdentifier is { } identifier && identifier != SystemIdentifier.Parse(Decision.SystemId)))
        {
            return;
        }

        meter.Note = $"waiting for the last WAL of the Cluster in {Decision.OriginFolder}/";
        string? failure;
        try
        {
            var psql = new InstancePsql(api, Decision.Namespace, live.CurrentPrimary!);
            if (live.SystemIdentifier is null && await psql.ValueAsync("postgres", "SELECT system_identifier FROM pg_control_system()", ct) != Decision.SystemId)
            {
                return;
            }

            (_, failure) = await new WalSwitch(psql, store, clock).ArchiveAsync(Decision.OriginFolder, ct);
        }
        catch (RestoreException e) when (e.Problem.Code != ProblemCode.Stopped)
        {
            failure = $"{e.Problem.Message}: {e.Problem.Detail}";
        }

        if (failure is not null)
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                "the Cluster is not deleted: its last WAL is not in the bucket, and would be lost",
                failure,
                $"find out why: cnpg-restore doctor {Decision.Cluster} -n {Decision.Namespace}; then {Decision.ResumeCommand}; or, to recover without it: cnpg-restore runs undo {Decision.Run} -n {Decision.Namespace}, and the same command with --accept-wal-loss");
        }
    }
}
