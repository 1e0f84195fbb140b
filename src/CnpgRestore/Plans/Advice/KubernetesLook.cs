using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using static System.FormattableString;

namespace CnpgRestore.Plans.Advice;

/// <summary>Asks Kubernetes for a Cluster and for what a restore of it meets. Only reads.</summary>
sealed class KubernetesLook(AdviceRequest request, AdviceSources sources, ManifestSet? files) : IDisposable
{
    private KubernetesSight _seen = new();
    private JsonObject? _live;

    /// <summary>Null where Kubernetes does not answer.</summary>
    public KubernetesApi? Api { get; private set; }

    /// <summary>Why the Cluster or its manifest names no bucket; null where it does, or where neither is there.</summary>
    public Problem? WithoutBucket { get; private set; }

    public KubernetesSight Seen => _seen;

    /// <summary>The Cluster with its manifest, or the manifest alone; null where there is neither.</summary>
    public async Task<Situation?> FindClusterAsync(CancellationToken ct)
    {
        Situation? situation = null;
        if (sources.Kubernetes is null || request.Cluster is not { } cluster)
        {
            _seen = _seen with { NotAsked = "no CLUSTER is named" };
        }
        else
        {
            await BoundAsync(async token => situation = await AskAsync(sources.Kubernetes(), cluster, token), ct);
        }

        return situation ?? OfFiles();
    }

    /// <summary>What is around the Cluster; to be called after <see cref="FindClusterAsync"/>.</summary>
    public async Task<KubernetesSight> LookAroundAsync(CancellationToken ct)
    {
        if (Api is { } api && _seen is { Answers: true, HasCnpg: true })
        {
            await BoundAsync(
                async token =>
                {
                    await TryAsync("the operator", () => FindOperatorAsync(api, token));
                    await TryAsync("GitOps", () => FindOwnersAsync(api, token));
                    await TryAsync("the volumes", () => FindVolumeAsync(api, token));
                },
                ct);
        }

        return _seen;
    }

    public void Dispose() => Api?.Dispose();

    private Task BoundAsync(Func<CancellationToken, Task> look, CancellationToken ct) =>
        Look.BoundAsync("Kubernetes", request, sources.Clock, look, problem => _seen = _seen with { Problem = problem }, ct);

    private async Task<Situation?> AskAsync(KubernetesApi api, string cluster, CancellationToken ct)
    {
        Api = api;
        _seen = _seen with { Server = api.Server, Namespace = api.Namespace };
        var hasCnpg = await api.SupportsAsync(ResourceTypes.Clusters, ct);
        _seen = _seen with { Answers = true, HasCnpg = hasCnpg };
        if (!hasCnpg)
        {
            throw new RestoreException(
                ProblemCode.NotFound, $"CloudNativePG is not installed in {api.Server}", "the API has no clusters.postgresql.cnpg.io", "install the operator first, or name another cluster with --context NAME");
        }

        _live = await api.FindAsync(new ObjectReference(ResourceTypes.Clusters, api.Namespace, cluster), ct);
        _seen = _seen with
        {
            IsGone = _live is null,
            Cluster = _live is null ? null : CnpgCluster.Read(_live),
            SuperuserAccess = _live is null ? null : _live.Flag("spec", "enableSuperuserAccess") == true,
        };
        return _live is null && files is null ? null : await SituationAsync(api, cluster, ct);
    }

    private async Task<Situation?> SituationAsync(KubernetesApi api, string cluster, CancellationToken ct)
    {
        try
        {
            var asked = new FromBackupRequest { Cluster = cluster, Namespace = api.Namespace, Files = request.Files };
            return await new FromBackupPlanner(api, asked, sources.Clock).LookAsync(ct);
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.NotFound)
        {
            WithoutBucket = e.Problem;
            return null;
        }
    }

    private Situation? OfFiles() => files is null ? null : new Situation(_live, files, files.Read(request.Cluster));

    private async Task FindOperatorAsync(KubernetesApi api, CancellationToken ct)
    {
        await foreach (var deployment in api.ListAsync(ResourceTypes.Deployments, null, new ListSelector("app.kubernetes.io/name=cloudnative-pg"), ct))
        {
            var image = deployment["spec"].At("template", "spec").Items("containers").Select(container => container.Text("image")).FirstOrDefault() ?? "";
            var ready = deployment.Number("status", "readyReplicas") ?? 0;
            _seen = _seen with { OperatorRuns = _seen.OperatorRuns == true || ready > 0, Operator = Invariant($"{image[(image.LastIndexOf('/') + 1)..]}, {ready} ready") };
        }
    }

    private async Task FindOwnersAsync(KubernetesApi api, CancellationToken ct)
    {
        var problems = new List<Problem>();
        var cluster = new ObjectReference(ResourceTypes.Clusters, api.Namespace, request.Cluster!);
        var owners = await GitOpsPreflight.FindAsync(new GitOpsOwners(api), _live, cluster, problems, ct);
        _seen = _seen with { Owners = [.. owners.Select(owner => owner.ToString())], OwnerProblems = problems };
    }

    private async Task FindVolumeAsync(KubernetesApi api, CancellationToken ct)
    {
        _seen = _seen with { VolumeSize = Quantity.TryParse(_seen.Cluster?.StorageSize) };
        await foreach (var claim in api.ListAsync(ResourceTypes.PersistentVolumeClaims, api.Namespace, CnpgNames.Of(request.Cluster!), ct))
        {
            // A claim without the role is of an operator that knew one kind of volume only.
            if (claim.Text("metadata", "labels", CnpgNames.PvcRoleLabel) is null or "PG_DATA" && Quantity.TryParse(claim.Text("status", "capacity", "storage")) is { } size)
            {
                _seen = _seen with { VolumeSize = size };
            }
        }
    }

    private async Task TryAsync(string what, Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (RestoreException e)
        {
            _seen = _seen with { Unknown = [.. _seen.Unknown, $"{what}: {e.Problem.Message}"] };
        }
    }
}
