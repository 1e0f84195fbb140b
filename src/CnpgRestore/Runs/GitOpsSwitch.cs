using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Kubernetes.Workloads;
using CnpgRestore.Plans;
using static System.FormattableString;

namespace CnpgRestore.Runs;

/// <summary>Suspends GitOps for the time of a run, and lets it go on. What was there before is kept on the objects themselves.</summary>
/// <param name="goOn">The command that goes on after somebody has resumed an owner.</param>
sealed class GitOpsSwitch(KubernetesApi api, IReadOnlyList<SuspendedOwner> owners, string run, string goOn, TimeProvider clock)
{
    /// <summary>A reconciliation that had begun ends, and what works against the suspension shows itself.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1.5);

    /// <summary>A sync of Argo CD that waits for a hook has no end of its own.</summary>
    private static readonly TimeSpan LongestSync = TimeSpan.FromMinutes(2);

    /// <summary>A controller may write status between our reading and our writing.</summary>
    private const int MostConflicts = 10;

    /// <summary>
    /// The Cluster whose applications are stopped, as <c>shop/orders</c>: what is suspended for them stays so until they are started, whatever
    /// other runs begin and end meanwhile. Null for every other reason.
    /// </summary>
    public string? StoppedFor { get; init; }

    /// <summary>What runs of other Clusters have suspended, too, and need suspended until their own end.</summary>
    public Func<CancellationToken, Task<IReadOnlySet<SuspendedOwner>>> NeededElsewhere { get; init; } = _ => Task.FromResult<IReadOnlySet<SuspendedOwner>>(new HashSet<SuspendedOwner>());

    /// <summary>Done before anything is resumed: runs of others are told that this one needs nothing suspended any more.</summary>
    public Func<CancellationToken, Task> BeforeResuming { get; init; } = _ => Task.CompletedTask;

    /// <summary>The Cluster that the run replaces, as <c>db/orders</c>: only a run of the same ends what <see cref="HoldAsync"/> has begun. Null for every other run.</summary>
    public string? Replaces { get; init; }

    /// <summary>What <see cref="ResumeAsync"/> has left suspended because other runs need it so.</summary>
    public IReadOnlyList<SuspendedOwner> Left { get; private set; } = [];

    public async Task<string> SuspendAsync(CancellationToken ct)
    {
        var suspended = 0;
        foreach (var owner in owners)
        {
            suspended += await ChangeAsync(owner, Suspend, ct) ? 1 : 0;
        }

        if (suspended > 0)
        {
            await Task.Delay(Settling, clock, ct);
        }

        await AwaitSyncsAsync(ct);
        return Invariant($"{suspended} suspended, {owners.Count - suspended} were already");
    }

    /// <summary>The last look before something is deleted, created or counted on: people and parents resume things.</summary>
    /// <exception cref="RestoreException">Exit 20: one of the owners works again, or still.</exception>
    public async Task DemandSuspendedAsync(CancellationToken ct)
    {
        await AwaitSyncsAsync(ct);
        foreach (var owner in owners)
        {
            var reference = owner.ToReference();
            if (await api.FindAsync(reference, ct) is { } item && !GitOpsSuspension.IsSuspended(reference.Type, item))
            {
                throw new RestoreException(
                    ProblemCode.Stopped, $"{owner} is no longer suspended", "somebody, or what owns it, has resumed it; it would bring back what Git says", $"find out who, then: {goOn}");
            }
        }
    }

    /// <summary>What Argo CD had begun before it was suspended, or a person begins since, ends first: it would apply the manifest of the former Cluster.</summary>
    private async Task AwaitSyncsAsync(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(LongestSync, clock);
        foreach (var owner in owners.Where(owner => owner.Kind == ResourceTypes.Applications.Kind))
        {
            var reference = owner.ToReference();
            while (await api.FindAsync(reference, ct) is { } item && GitOpsSuspension.IsSyncing(reference.Type, item))
            {
                if (limit.IsCancellationRequested)
                {
                    throw new RestoreException(
                        ProblemCode.Stopped,
                        $"{owner} is suspended and still syncs",
                        Invariant($"a sync that has begun goes on, and this one has not ended in {LongestSync.TotalMinutes} minutes; it would bring back what Git says"),
                        $"argocd app terminate-op {owner.Name}, then: {goOn}");
                }

                await Task.Delay(Settling, clock, ct);
            }
        }
    }

    /// <summary>Of these, those that <see cref="ResumeAsync"/> would let go on now.</summary>
    public async Task<IReadOnlyList<SuspendedOwner>> HeldAsync(CancellationToken ct)
    {
        var held = new List<SuspendedOwner>();
        var needed = await NeededElsewhere(ct);
        foreach (var owner in owners.Reverse().Where(owner => !needed.Contains(owner)))
        {
            var reference = owner.ToReference();
            if (await api.FindAsync(reference, ct) is { } item && Resume(reference.Type, item) is not null)
            {
                held.Add(owner);
            }
        }

        return held;
    }

    /// <summary>In the other order: what owns the others comes last.</summary>
    public async Task<string> ResumeAsync(CancellationToken ct)
    {
        await BeforeResuming(ct);
        var resumed = 0;
        var needed = await NeededElsewhere(ct);
        foreach (var owner in owners.Reverse().Where(owner => !needed.Contains(owner)))
        {
            resumed += await ChangeAsync(owner, Resume, ct) ? 1 : 0;
        }

        Left = [.. owners.Where(needed.Contains)];
        return Invariant($"{resumed} resumed, {owners.Count - resumed} left as they were");
    }

    /// <summary>Whoever resumes things later, <c>apps start</c> or the run of another Cluster, leaves these alone: Git does not say yet what runs.</summary>
    public async Task HoldAsync(CancellationToken ct)
    {
        foreach (var owner in owners)
        {
            await ChangeAsync(owner, (_, item) => GitOpsSuspension.Hold(item, Replaces!), ct);
        }
    }

    private JsonObject? Suspend(ResourceType type, JsonObject item)
    {
        var patch = GitOpsSuspension.Suspend(type, item, run);
        if (patch is not null && StoppedFor is not null)
        {
            patch["metadata"]!["annotations"]![StopRecord.ClusterAnnotation] = StoppedFor;
        }

        return patch;
    }

    private JsonObject? Resume(ResourceType type, JsonObject item)
    {
        if (item.Text("metadata", "annotations", StopRecord.ClusterAnnotation) != StoppedFor)
        {
            return null;
        }

        var patch = GitOpsSuspension.Resume(type, item, Replaces);
        if (StoppedFor is null)
        {
            return patch;
        }

        // Held for another reason: the note of the stop goes all the same.
        patch ??= new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = item.Text("metadata", "resourceVersion"), ["annotations"] = new JsonObject() } };
        patch["metadata"]!["annotations"]![StopRecord.ClusterAnnotation] = null;
        return patch;
    }

    private async Task<bool> ChangeAsync(SuspendedOwner owner, Func<ResourceType, JsonObject, JsonObject?> change, CancellationToken ct)
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
