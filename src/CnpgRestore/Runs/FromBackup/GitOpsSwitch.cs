using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Plans.FromBackup;
using static System.FormattableString;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>Suspends GitOps for the time of a run, and lets it go on. What was there before is kept on the objects themselves.</summary>
sealed class GitOpsSwitch(KubernetesApi api, FromBackupDecision decision, TimeProvider clock)
{
    /// <summary>A reconciliation that had begun ends, and what works against the suspension shows itself.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1.5);

    /// <summary>A controller may write status between our reading and our writing.</summary>
    private const int MostConflicts = 10;

    public async Task<string> SuspendAsync(CancellationToken ct)
    {
        var suspended = 0;
        foreach (var owner in decision.Owners)
        {
            suspended += await ChangeAsync(owner, (type, item) => GitOpsSuspension.Suspend(type, item, decision.Run), ct) ? 1 : 0;
        }

        if (suspended > 0)
        {
            await Task.Delay(Settling, clock, ct);
        }

        return Invariant($"{suspended} suspended, {decision.Owners.Count - suspended} were already");
    }

    /// <summary>The last look before something is deleted or created: people and parents resume things.</summary>
    /// <exception cref="RestoreException">Exit 20: one of the owners works again.</exception>
    public async Task DemandSuspendedAsync(CancellationToken ct)
    {
        foreach (var owner in decision.Owners)
        {
            var reference = owner.ToReference();
            if (await api.FindAsync(reference, ct) is { } item && !GitOpsSuspension.IsSuspended(reference.Type, item))
            {
                throw new RestoreException(
                    ProblemCode.Stopped,
                    $"{owner} is no longer suspended",
                    "somebody, or what owns it, has resumed it; it would create the Cluster as Git says",
                    $"find out who, then: cnpg-restore runs resume {decision.Run} -n {decision.Namespace}");
            }
        }
    }

    /// <summary>In the other order: what owns the others comes last.</summary>
    public async Task<string> ResumeAsync(CancellationToken ct)
    {
        var resumed = 0;
        foreach (var owner in decision.Owners.Reverse())
        {
            resumed += await ChangeAsync(owner, GitOpsSuspension.Resume, ct) ? 1 : 0;
        }

        return Invariant($"{resumed} resumed, {decision.Owners.Count - resumed} left as they were");
    }

    private async Task<bool> ChangeAsync(SuspendedOwner owner, Func<ResourceType, System.Text.Json.Nodes.JsonObject, System.Text.Json.Nodes.JsonObject?> change, CancellationToken ct)
    {
        var reference = owner.ToReference();
        for (var attempt = 1; ; attempt++)
        {
            if (await api.FindAsync(reference, ct) is not { } item || change(reference.Type, item) is not { } patch)
            {
                return false;
            }

            try
            {
                await api.MergePatchAsync(reference, patch, WriteOptions.Default, ct);
                return true;
            }
            catch (RestoreException e) when (e.IsConflict && attempt < MostConflicts)
            {
                // Read again, decide again.
            }
        }
    }
}
