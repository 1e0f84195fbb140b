using System.Globalization;
using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>
/// Brings one Cluster a step nearer to what it asks for, in the operator's order: Secrets, Services, claims, the bootstrap job, the instance,
/// its status (internal/controller/cluster_controller.go, cluster_create.go).
/// </summary>
sealed class ClusterReconciler(KubernetesApi api, ClusterResources resources, InstanceStatus instances, OperatorOptions options, TimeProvider clock)
{
    private readonly ClusterEvents _events = new(api, clock);
    private readonly Dictionary<string, string> _said = [];

    public async Task ReconcileAsync(JsonObject cluster, CancellationToken ct)
    {
        if (cluster.IsBeingDeleted || cluster.Annotation("cnpg.io/reconciliationLoop") == "disabled")
        {
            return;
        }

        var spec = resources.Read(cluster);
        if (spec.Missing is { } missing && resources.Claims.Find(spec.Namespace, spec.InstanceName) is null)
        {
            Say(cluster, $"{missing}; waiting");
            return;
        }

        if (resources.Leftover(cluster) is { } leftover)
        {
            Say(cluster, $"{leftover.Text("kind")} {leftover.Name} of a former cluster of this name is still there; waiting");
            return;
        }

        if (spec.Instances > 1)
        {
            Say(cluster, $"{spec.Instances} instances asked for, only the primary is made");
        }

        var status = new StatusDraft(ResourceType.Clusters, cluster, clock);
        await EnsureAccessAsync(spec, ct);
        await EnsureConfigurationAsync(spec, ct);
        if (await EnsureBootstrappedAsync(spec, status, ct))
        {
            await EnsureInstanceAsync(spec, status, ct);
        }

        await status.SaveAsync(api, ct);
    }

    private async Task EnsureAccessAsync(ClusterSpec spec, CancellationToken ct)
    {
        var access = new AccessObjects(spec);
        foreach (var secret in access.Secrets().Where(secret => resources.Secrets.Find(spec.Namespace, secret.Name) is null))
        {
            await api.CreateAsync(ResourceType.Secrets, secret, ct);
        }

        foreach (var service in access.Services().Where(service => resources.Services.Find(spec.Namespace, service.Name) is null))
        {
            await api.CreateAsync(ResourceType.Services, service, ct);
        }
    }

    /// <summary>Pods of a job that is tried again read the Cluster as it is then; so does the ConfigMap that they run from.</summary>
    private async Task EnsureConfigurationAsync(ClusterSpec spec, CancellationToken ct)
    {
        var wanted = InstanceConfiguration.Build(spec);
        var existing = resources.ConfigMaps.Find(spec.Namespace, wanted.Name);
        if (existing is null)
        {
            await api.CreateAsync(ResourceType.ConfigMaps, wanted, ct);
        }
        else if (!JsonNode.DeepEquals(existing["data"], wanted["data"]))
        {
            await api.MergePatchAsync(ResourceType.ConfigMaps.Path(spec.Namespace, wanted.Name), new JsonObject { ["data"] = wanted.Copy("data") }, ct);
        }
    }

    /// <summary>True when the data directory is there and an instance may run on it.</summary>
    private async Task<bool> EnsureBootstrappedAsync(ClusterSpec spec, StatusDraft status, CancellationToken ct)
    {
        var claims = new Volumes(spec).Names.Select(name => resources.Claims.Find(spec.Namespace, name)).ToList();
        if (claims.OfType<JsonObject>().Any(claim => claim.IsBeingDeleted))
        {
            Say(spec.Cluster, "a claim is being deleted; waiting");
            return false;
        }

        if (claims.OfType<JsonObject>().Where(claim => !claim.HasOwner).ToList() is { Count: > 0 } orphans)
        {
            await AdoptAsync(spec, orphans, status, ct);
            return false;
        }

        if (claims.Any(claim => claim is null))
        {
            if (status["latestGeneratedNode"] is null)
            {
                await CreatePrimaryAsync(spec, status, ct);
            }
            else
            {
                Say(spec.Cluster, "refusing to create the primary instance while the latest generated serial is not zero");
            }

            return false;
        }

        return claims.All(claim => claim!.Annotation(Volumes.StatusAnnotation) == "ready") || await FinishJobAsync(spec, status, claims!, ct);
    }

    /// <summary>Claims without an owner are taken over, and with them what they hold: no bootstrap happens (cluster_restore.go).</summary>
    private async Task AdoptAsync(ClusterSpec spec, List<JsonObject> orphans, StatusDraft status, CancellationToken ct)
    {
        Say(spec.Cluster, $"adopting {string.Join(", ", orphans.Select(claim => claim.Name))}");
        foreach (var claim in orphans)
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["ownerReferences"] = new JsonArray(spec.Cluster.OwnerReference()),
                    ["annotations"] = new JsonObject { [Volumes.StatusAnnotation] = "ready" },
                },
            };
            await api.MergePatchAsync(ResourceType.PersistentVolumeClaims.Path(spec.Namespace, claim.Name), patch, ct);
        }

        status["latestGeneratedNode"] = 1;
        status["targetPrimary"] = spec.InstanceName;
    }

    private async Task CreatePrimaryAsync(ClusterSpec spec, StatusDraft status, CancellationToken ct)
    {
        foreach (var claim in new Volumes(spec).Claims())
        {
            await api.CreateAsync(ResourceType.PersistentVolumeClaims, claim, ct);
        }

        if (await api.CreateAsync(ResourceType.Jobs, new InstancePods(spec, options).Job(), ct))
        {
            await _events.RecordAsync(spec.Cluster, "CreatingInstance", $"Primary instance ({spec.Method})", ct);
        }

        status["phase"] = "Setting up primary";
        status["phaseReason"] = $"Creating primary instance {spec.InstanceName}";
        status["latestGeneratedNode"] = 1;
        status["targetPrimary"] = spec.InstanceName;
        status["targetPrimaryTimestamp"] = StatusDraft.Timestamp(clock);
        status["image"] = spec.Image;
        status["instances"] = 1;
        status["instanceNames"] = new JsonArray(spec.InstanceName);
        status["pvcCount"] = new Volumes(spec).Names.Count();
        status["jobCount"] = 1;
        status["initializingPVC"] = new JsonArray([.. new Volumes(spec).Names.Select(name => JsonValue.Create(name))]);
        status["writeService"] = $"{spec.Name}-rw";
        status["readService"] = $"{spec.Name}-r";
        if (spec.Major is { } major)
        {
            status["pgDataImageInfo"] = new JsonObject { ["image"] = spec.Image, ["majorVersion"] = major };
        }

        status.Condition("Ready", holds: false, "ClusterIsNotReady", "Cluster Is Not Ready");
        if (options.VersionFor(spec.Cluster) >= new Version(1, 30, 0))
        {
            status.Condition("Initialized", holds: false, "BootstrapPending", "Cluster bootstrap has not completed");
        }
    }

    /// <summary>True when the job has done its work. A job that failed for good leaves the cluster where it is.</summary>
    private async Task<bool> FinishJobAsync(ClusterSpec spec, StatusDraft status, List<JsonObject> claims, CancellationToken ct)
    {
        if (resources.Jobs.Find(spec.Namespace, spec.JobName) is not { } job)
        {
            await api.CreateAsync(ResourceType.Jobs, new InstancePods(spec, options).Job(), ct);
            return false;
        }

        if (HasCondition(job, "Failed") && options.VersionFor(spec.Cluster) >= new Version(1, 29, 2))
        {
            // Before this version the phase stays "Setting up primary" for ever.
            status["phase"] = "Cluster is unrecoverable and needs manual intervention";
            status["phaseReason"] = $"Instance creation failed for the following jobs: {job.Name}. Check the job logs to investigate the cause of the failure.";
        }

        if (!HasCondition(job, "Complete"))
        {
            return false;
        }

        foreach (var claim in claims)
        {
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Volumes.StatusAnnotation] = "ready" } } };
            await api.MergePatchAsync(ResourceType.PersistentVolumeClaims.Path(spec.Namespace, claim.Name), patch, ct);
        }

        status["initializingPVC"] = new JsonArray();
        return true;
    }

    private async Task EnsureInstanceAsync(ClusterSpec spec, StatusDraft status, CancellationToken ct)
    {
        var pod = resources.Pods.Find(spec.Namespace, spec.InstanceName);
        if (pod is null)
        {
            await api.CreateAsync(ResourceType.Pods, new InstancePods(spec, options).Instance(), ct);
            status["phase"] = "Waiting for the instances to become active";
            status["phaseReason"] = "Some instances are not yet active. Please wait.";
            return;
        }

        // A finished job goes at once, and its pods and their logs with it.
        if (resources.Jobs.Find(spec.Namespace, spec.JobName) is { IsBeingDeleted: false } job && HasCondition(job, "Complete"))
        {
            await api.DeleteAsync(ResourceType.Jobs.Path(spec.Namespace, job.Name), ct);
        }

        if ((pod.Text("status", "phase") is "Succeeded" or "Failed" || new InstancePods(spec, options).IsOutdated(pod)) && !pod.IsBeingDeleted)
        {
            await api.DeleteAsync(ResourceType.Pods.Path(spec.Namespace, pod.Name), ct);
        }

        new PrimaryReport(spec, pod, instances.Of(pod), options.VersionFor(spec.Cluster)).Write(status, clock);
    }

    private static bool HasCondition(JsonObject job, string type) =>
        job.Items("status", "conditions").Any(condition => condition.Text("type") == type && condition.Text("status") == "True");

    /// <summary>Once, not in every round.</summary>
    private void Say(JsonObject cluster, string message)
    {
        if (_said.GetValueOrDefault(cluster.Uid) != message)
        {
            _said[cluster.Uid] = message;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():HH:mm:ss.fff} {cluster.Namespace}/{cluster.Name}: {message}"));
        }
    }
}
