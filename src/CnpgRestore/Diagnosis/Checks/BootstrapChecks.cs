using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Manifests;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>Whether there is a first instance, and what it was made from.</summary>
static class BootstrapChecks
{
    // The first volume and its Job come within seconds.
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(5);

    private const string PodReady = "ready";
    private const string PvcReady = $"{CnpgNames.PvcStatusAnnotation}: ready";

    public static IEnumerable<Finding> Missing(Examination exam)
    {
        if (exam is { KnowsCluster: true, Live: null })
        {
            yield return exam.Found(
                RecoveryAilments.ClusterMissing, $"cluster {exam.Cluster} does not exist in namespace {exam.Namespace}", [new Evidence($"namespace {exam.Namespace}", $"no cluster {exam.Cluster}")]);
        }
    }

    public static IEnumerable<Finding> Orphans(Examination exam)
    {
        var orphans = exam.Claims.Where(OrphanClaims.IsAdoptable).Select(Owned.Name).ToList();
        if (orphans.Count > 0 && exam is { KnowsCluster: true, Live: null })
        {
            yield return exam.Found(
                RecoveryAilments.OrphanVolumes, $"{string.Join(", ", orphans)}: a new cluster {exam.Cluster} would adopt them and recover nothing",
                orphans.Select(claim => new Evidence($"persistentvolumeclaim {claim} in namespace {exam.Namespace}", "a serial number and no owner")), ("claims", string.Join(' ', orphans)));
        }
    }

    /// <summary>The operator's event is the one reliable word on how the first instance was made; Kubernetes keeps it for an hour.</summary>
    public static IEnumerable<Finding> Origin(Examination exam)
    {
        if (exam is not { State: { } state, Manifest.Method: BootstrapMethod.Recovery })
        {
            yield break;
        }

        if (exam.OwnEvents.FirstOrDefault(told => told.Origin == BootstrapOrigin.Initdb) is { } initdb)
        {
            yield return exam.Found(
                RecoveryAilments.InitdbInstead, $"the first instance of {exam.Cluster} was made by initdb, and the manifest says recovery", [new Evidence(initdb.About, $"{initdb.Reason}: {initdb.Message}")]);
        }

        // Kept claims are older than the Cluster that has them.
        var older = exam.Claims.Where(claim => claim.Time("metadata", "creationTimestamp") < state.CreatedAt).Select(Owned.Name).ToList();
        if (older.Count > 0 && exam.OwnEvents.All(told => told.Origin is null))
        {
            yield return exam.Found(
                RecoveryAilments.VolumesAdopted, $"{string.Join(", ", older)} are older than cluster {exam.Cluster}: nothing was recovered",
                older.Select(claim => new Evidence($"persistentvolumeclaim {claim} in namespace {exam.Namespace}", $"older than the Cluster of {state.CreatedAt:u}")));
        }
    }

    public static IEnumerable<Finding> Job(Examination exam)
    {
        if (exam.Live is null || exam.HasPrimary || exam.State!.Phase == ClusterPhase.Unrecoverable || InstanceJobs.Bootstrap(exam) is not { } job || !job.HasCondition("Failed"))
        {
            yield break;
        }

        yield return FolderChecks.Recovering(exam, exam.Found(
            RecoveryAilments.SettingUpForEver, $"job {Owned.Name(job)} has failed for good, and the phase is still '{exam.State.Phase}'",
            [JobChecks.Failure(exam, job), new Evidence($"cluster {exam.Cluster}", $"status.phase: {exam.State.Phase}")]));
    }

    public static IEnumerable<Finding> Phase(Examination exam)
    {
        if (exam.State is not { } state)
        {
            yield break;
        }

        Evidence[] evidence = [new Evidence($"cluster {exam.Cluster}", $"status.phase: {state.Phase}{(state.PhaseReason is { } reason ? $"; {reason}" : "")}")];
        if (state.Phase == ClusterPhase.Unrecoverable)
        {
            yield return WhatIsThere(exam).ToList() is { Count: > 0 } there
                ? WithData(exam, [.. evidence, .. there])
                : FolderChecks.Recovering(exam, exam.Found(RecoveryAilments.Unrecoverable, $"cluster {exam.Cluster} is unrecoverable", evidence));
        }
        else if (ClusterPhase.IsStuck(state.Phase))
        {
            yield return exam.Found(RecoveryAilments.PhaseStuck, $"cluster {exam.Cluster}: {state.Phase}", evidence);
        }
        else if (!state.IsHealthy && !state.IsHibernated && !PhaseChecks.IsKnown(state.Phase) && !Serial(exam).Any() && !Job(exam).Concat(JobChecks.Upgrade(exam)).Concat(JobChecks.Join(exam)).Any())
        {
            yield return exam.Found(ClusterAilments.NotReady, $"cluster {exam.Cluster} has {state.ReadyInstances} of {state.Instances} instances ready", evidence);
        }
    }

    /// <summary>
    /// It has had an instance, and nothing of that is left: no first one is made a second time ([cloudnative-pg] internal/controller/cluster_create.go). The
    /// operator counts the instance a moment before it makes the volume. Later versions call the Cluster unrecoverable.
    /// </summary>
    public static IEnumerable<Finding> Serial(Examination exam)
    {
        if (exam is { HasPrimary: false, KnowsPods: true, Claims.Count: 0, State: { IsBeingDeleted: false } state } && !ClusterPhase.IsStuck(state.Phase) && state.CreatedAt < exam.Time - Settled
            && exam.Live.Number("status", "latestGeneratedNode") is > 0 and var serial && InstanceJobs.Bootstrap(exam) is null && !exam.Pods.Any(exam.IsOfCluster))
        {
            yield return exam.Found(
                InstanceAilments.SerialNotZero, $"cluster {exam.Cluster} has had {serial} {(serial == 1 ? "instance" : "instances")}, and neither pod, Job nor volume is left",
                [new Evidence($"cluster {exam.Cluster}", $"status.latestGeneratedNode: {serial}, no currentPrimary"), new Evidence($"namespace {exam.Namespace}", $"no persistentvolumeclaim of cluster {exam.Cluster}")]);
        }
    }

    /// <summary>What somebody has switched off.</summary>
    public static IEnumerable<Finding> Switches(Examination exam)
    {
        if (exam.State is not { } state)
        {
            yield break;
        }

        var place = $"cluster {exam.Cluster}, metadata.annotations";
        if (state.IsHibernated)
        {
            yield return exam.Found(ClusterAilments.Hibernated, $"cluster {exam.Cluster} is hibernated", [new Evidence(place, $"{CnpgNames.HibernationAnnotation}: on")]);
        }

        if (state.IsFenced)
        {
            yield return exam.Found(
                ClusterAilments.Fenced, $"instances of cluster {exam.Cluster} are fenced",
                [new Evidence(place, $"{CnpgNames.FencedInstancesAnnotation}: {exam.Live.Text("metadata", "annotations", CnpgNames.FencedInstancesAnnotation)}")]);
        }

        if (exam.Live.Text("metadata", "annotations", CnpgNames.ReconciliationLoopAnnotation) == "disabled")
        {
            yield return exam.Found(ClusterAilments.OperatorDisabled, $"the operator leaves cluster {exam.Cluster} alone", [new Evidence(place, $"{CnpgNames.ReconciliationLoopAnnotation}: disabled")]);
        }
    }

    public static IEnumerable<Finding> Pods(Examination exam)
    {
        foreach (var pod in exam.Pods.Where(exam.IsOfCluster))
        {
            var troubles = PodStatus.Troubles(pod).ToList();
            if (troubles.Count > 0)
            {
                yield return exam.Found(
                    RecoveryAilments.PodStuck, $"pod {Owned.Name(pod)}: {troubles[0]}", troubles.Select(trouble => new Evidence($"pod {Owned.Name(pod)} in namespace {exam.Namespace}", trouble)),
                    ("pod", Owned.Name(pod)));
            }
        }
    }

    /// <summary>
    /// What a recovery would delete. The operator gives a Cluster up also where a Job of a standby has failed (1.29.2 and later), or where no pod is
    /// active ([cloudnative-pg] internal/controller/cluster_controller.go).
    /// </summary>
    private static IEnumerable<Evidence> WhatIsThere(Examination exam)
    {
        if (exam.State!.CurrentPrimary is { } primary)
        {
            yield return new Evidence($"cluster {exam.Cluster}", $"status.currentPrimary: {primary}");
        }

        foreach (var pod in exam.ReadyPods)
        {
            yield return new Evidence($"pod {Owned.Name(pod)} in namespace {exam.Namespace}", PodReady);
        }

        foreach (var claim in exam.Claims.Where(claim => claim.Text("metadata", "annotations", CnpgNames.PvcStatusAnnotation) == "ready"))
        {
            yield return new Evidence($"persistentvolumeclaim {Owned.Name(claim)} in namespace {exam.Namespace}", PvcReady);
        }
    }

    private static Finding WithData(Examination exam, IReadOnlyList<Evidence> evidence)
    {
        // The name of a primary stays when its volume is lost.
        var isProven = evidence.Any(item => item.Text is PodReady or PvcReady);
        var found = exam.Found(RecoveryAilments.UnrecoverableWithData, $"the operator has given up cluster {exam.Cluster}, and its data {(isProven ? "is" : "may be")} there", evidence);
        return exam.Jobs.FirstOrDefault(job => exam.IsOfCluster(job) && job.HasCondition("Failed")) is { } job
            ? found with { Command = $"kubectl logs -n {exam.Namespace} job/{Owned.Name(job)}", Evidence = [.. evidence, JobChecks.Failure(exam, job)] } : found;
    }
}
