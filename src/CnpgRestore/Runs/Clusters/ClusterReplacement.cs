using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Runs.Clusters;

/// <summary>
/// Puts a new Cluster in the place of a former one: GitOps suspended, the former one removed, its archive moved, the manifest written, the new one made,
/// GitOps resumed. Each step asks what is already done.
/// </summary>
/// <param name="store">The bucket; null where there is none, or it cannot be reached.</param>
/// <param name="manifest">Of the new Cluster.</param>
sealed class ClusterReplacement(KubernetesApi api, IObjectStore? store, ClusterDecision decision, JsonObject manifest, ClusterSteps steps, Run run, TimeProvider clock)
{
    private readonly GitOpsSwitch _gitOps = new RunRecord(api).GitOpsOf(decision, decision.ResumeCommand, replaces: true, clock);
    private readonly ManifestDelivery _delivery = new(decision);
    private readonly KeptSecret _secret = new(api, decision, KeptSecret.OwnerIn(manifest));
    private IReadOnlySet<string> _earlierAttempts = new HashSet<string>();

    public ClusterRemoval Removal { get; } = new(api, decision, clock);

    /// <summary>What is asked once more right before the former Cluster goes, when GitOps is known to be suspended.</summary>
    public Func<StepMeter, CancellationToken, Task> LastLook { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>What is asked right before the new Cluster is made.</summary>
    public Func<CancellationToken, Task> BeforeCreation { get; init; } = _ => Task.CompletedTask;

    public async Task SuspendGitOpsAsync(CancellationToken ct)
    {
        if (decision.Owners.Count > 0)
        {
            await run.StepAsync(steps.SuspendGitOps, (_, token) => _gitOps.SuspendAsync(token), ct);
        }
    }

    /// <param name="create">The step that makes the new Cluster.</param>
    public async Task RunAsync(PlanStep create, CancellationToken ct)
    {
        if (decision.FormerUid is not null)
        {
            await run.StepAsync(
                steps.StopCluster,
                async (meter, token) =>
                {
                    await LookAsync(meter, token);
                    return await Removal.RemoveAsync(meter, token);
                },
                ct);
        }

        try
        {
            await MakeAsync(create, ct);
        }
        catch (RestoreException e) when (decision.FormerUid is not null && e.Problem.Code is ProblemCode.Refused or ProblemCode.Usage)
        {
            // Neither "nothing was changed" nor "nothing was done" is true by now.
            var problem = e.Problem;
            throw new RestoreException(
                ProblemCode.Stopped, problem.Message, problem.Detail, string.Join("; then: ", ((string?[])[problem.Hint, decision.ResumeCommand]).OfType<string>()), e);
        }
    }

    /// <summary>Until the new Cluster is healthy; then the application's Secret is its own.</summary>
    public async Task<string> WaitAsync(StepMeter meter, CancellationToken ct)
    {
        var state = await new RecoveryWait(api, decision, _earlierAttempts, run.Observer, clock).WaitAsync(meter, ct);
        await _secret.GiveAsync(ct);
        return state;
    }

    /// <summary>GitOps goes on only where it finds in Git what runs now; otherwise it would make the former Cluster of the new one, or fight with it.</summary>
    /// <param name="done">What is so by now: <c>the cluster is recovered</c>.</param>
    /// <param name="difference">How Git differs, and what makes it say the same; null where it may go on.</param>
    /// <returns>Null, or the warning that it stays suspended.</returns>
    public async Task<string?> ResumeGitOpsAsync(string done, string? difference, CancellationToken ct)
    {
        if (decision.Owners.Count == 0)
        {
            return null;
        }

        if (decision.Apply == ApplyMode.Git && !_delivery.IsPublished)
        {
            throw new RestoreException(
                ProblemCode.Stopped, $"{done}; the commit is not pushed, so GitOps stays suspended", "resumed now, it would apply the manifest from before", $"{_delivery.PushCommand}, then: {decision.ResumeCommand}");
        }

        if (difference is not null)
        {
            await _gitOps.HoldAsync(ct);
            return $"GitOps stays suspended ({string.Join(", ", decision.Owners)}): {difference}, then resume it";
        }

        await run.StepAsync(steps.ResumeGitOps, (_, token) => _gitOps.ResumeAsync(token), ct);
        return _gitOps.Left.Count == 0 ? null : $"GitOps stays suspended ({string.Join(", ", _gitOps.Left)}) until the run of another Cluster has ended, which needs it so and resumes it";
    }

    private async Task MakeAsync(PlanStep create, CancellationToken ct)
    {
        if (store is not null)
        {
            await ArchiveMoving.RunAsync(api, store, decision, run, clock, ct);
        }

        if (decision.Apply != ApplyMode.Api)
        {
            await run.StepAsync(steps.WriteManifest, (_, token) => _delivery.WriteAsync(token), ct);
        }

        await run.StepAsync(
            create,
            async (meter, token) =>
            {
                await _gitOps.DemandSuspendedAsync(token);
                await BeforeCreation(token);
                var creation = new ClusterCreation(api, decision, manifest, Removal);
                var state = await creation.CreateAsync(meter, token);
                _earlierAttempts = creation.EarlierAttempts;
                return state;
            },
            ct);
    }

    private async Task LookAsync(StepMeter meter, CancellationToken ct)
    {
        var live = await api.FindAsync(decision.Reference, ct);
        if (live.Text("metadata", "uid") == decision.FormerUid && live.Text("metadata", "deletionTimestamp") is null)
        {
            await _gitOps.DemandSuspendedAsync(ct);
            await LastLook(meter, ct);
            try
            {
                await _secret.ReleaseAsync(ct);
            }
            catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
            {
                run.Observer.OnWarning($"the application's password will be another one: {CnpgNames.ApplicationSecret(decision.Cluster)} cannot be kept: {e.Problem.Message}");
            }
        }
    }
}
