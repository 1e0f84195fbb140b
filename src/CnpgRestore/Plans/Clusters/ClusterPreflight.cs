using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Plans.Clusters;

/// <summary>What in the Kubernetes cluster stands in the way of a new Cluster. Only reads, and asks the API for a dry run.</summary>
sealed partial class ClusterPreflight(KubernetesApi api, string ns, string cluster)
{
    /// <summary>In-tree <c>barmanObjectStore</c> leaves CNPG in this version.</summary>
    private static readonly Version WithoutInTree = new(1, 31);

    private readonly List<Problem> _problems = [];

    /// <summary>What could not be looked at, and what to know; no reason to refuse.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Of the operator, by its image; null where it is not known.</summary>
    public Version? Operator { get; private set; }

    /// <summary>The new Cluster as the API would make it, with the operator's defaults; null where it was refused, or not asked yet.</summary>
    public JsonObject? AsCreated { get; private set; }

    /// <param name="archive">Null where the Cluster takes no backups.</param>
    /// <param name="folders">Which no other Cluster may archive into.</param>
    public async Task<IReadOnlyList<Problem>> CheckAsync(JsonObject? live, JsonObject manifest, BackupFolder? archive, IReadOnlyCollection<string> folders, CancellationToken ct)
    {
        await CheckVolumesAsync(live, ct);
        if (archive is not null)
        {
            await CheckPluginAsync(archive, ct);
            await CheckOperatorAsync(archive, ct);
            await CheckWritersAsync(archive, folders, ct);
        }

        await CheckManifestAsync(manifest, ct);
        return _problems;
    }

    /// <summary>
    /// A PVC that nobody owns is adopted by the next Cluster of its name, and the recovery silently does not happen. A live Cluster takes its own with it
    /// when it goes, but not those that were detached from it.
    /// </summary>
    private async Task CheckVolumesAsync(JsonObject? live, CancellationToken ct)
    {
        List<string> orphans = [], leaving = [];
        await foreach (var claim in api.ListAsync(ResourceTypes.PersistentVolumeClaims, ns, CnpgNames.Of(cluster), ct))
        {
            if (live is null || OrphanClaims.OutlivesCluster(claim))
            {
                (claim.Text("metadata", "deletionTimestamp") is null ? orphans : leaving).Add(claim.Text("metadata", "name")!);
            }
        }

        if (orphans.Count > 0)
        {
            _problems.Add(new Problem(
                ProblemCode.Refused,
                $"{(live is null ? $"volumes of an earlier cluster {cluster}" : $"detached volumes of cluster {cluster}")} would be adopted, and nothing would be recovered",
                $"PersistentVolumeClaims: {string.Join(", ", orphans)}",
                $"if nothing on them is needed: kubectl delete pvc -n {ns} {string.Join(' ', orphans)}"));
        }

        if (leaving.Count > 0)
        {
            _problems.Add(new Problem(
                ProblemCode.Refused,
                $"volumes of an earlier cluster {cluster} are still being deleted",
                $"PersistentVolumeClaims: {string.Join(", ", leaving)}; a pod that uses them holds them",
                $"kubectl get pods,pvc -n {ns} -l cnpg.io/cluster={cluster}"));
        }
    }

    private async Task CheckPluginAsync(BackupFolder archive, CancellationToken ct)
    {
        if (archive.ObjectStoreName is not { } name)
        {
            return;
        }

        if (!await api.SupportsAsync(ResourceTypes.ObjectStores, ct))
        {
            _problems.Add(new Problem(
                ProblemCode.Refused, "the Barman Cloud plugin is not installed", "the API has no objectstores.barmancloud.cnpg.io", "install plugin-barman-cloud first"));
        }
        else if (await api.FindAsync(new ObjectReference(ResourceTypes.ObjectStores, ns, name), ct) is null)
        {
            _problems.Add(new Problem(
                ProblemCode.Refused, $"ObjectStore {name} does not exist in namespace {ns}", $"the manifest of {cluster} names it", $"kubectl get objectstores -n {ns}"));
        }
    }

    private async Task CheckOperatorAsync(BackupFolder archive, CancellationToken ct)
    {
        try
        {
            await foreach (var deployment in api.ListAsync(ResourceTypes.Deployments, null, new ListSelector(Labels: "app.kubernetes.io/name=cloudnative-pg"), ct))
            {
                var image = deployment["spec"].At("template", "spec").Items("containers").Select(container => container.Text("image")).FirstOrDefault() ?? "";
                if (ImageVersion().Match(image) is { Success: true } match)
                {
                    Operator = new Version(Number(match, "major"), Number(match, "minor"), match.Groups["patch"].Success ? Number(match, "patch") : 0);
                    if (!archive.IsPlugin && Operator >= WithoutInTree)
                    {
                        _problems.Add(new Problem(
                            ProblemCode.Refused,
                            $"CloudNativePG {match.Value.TrimStart(':')} knows no in-tree barmanObjectStore",
                            "it was removed in 1.31",
                            "migrate the manifest to the Barman Cloud plugin: spec.plugins and an ObjectStore"));
                    }
                }
            }
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
        {
            Notes.Add("the operator's version is not known: listing Deployments of all namespaces is not permitted");
        }
    }

    private async Task CheckWritersAsync(BackupFolder archive, IReadOnlyCollection<string> folders, CancellationToken ct)
    {
        // A missing ObjectStore is a problem already.
        if (archive.Store is { } store)
        {
            var writers = new OtherWriters(new ObjectReference(ResourceTypes.Clusters, ns, cluster), store, folders);
            await writers.SearchAsync(api, ct);
            _problems.AddRange(writers.Problems);
            Notes.AddRange(writers.Notes);
        }
    }

    /// <summary>Webhooks and schema judge the manifest; under another name, since the present cluster may still have its own.</summary>
    private async Task CheckManifestAsync(JsonObject manifest, CancellationToken ct)
    {
        var trial = (JsonObject)manifest.DeepClone();
        trial["metadata"]!["name"] = TrialName.Of(cluster);
        try
        {
            AsCreated = await api.CreateAsync(ResourceTypes.Clusters, ns, trial, new WriteOptions(DryRun: true), ct);
        }
        catch (RestoreException e)
        {
            _problems.Add(e.Problem with { Message = $"the API refuses the new manifest: {e.Problem.Message}" });
        }
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@":v?(?<major>\d{1,6})\.(?<minor>\d{1,6})(\.(?<patch>\d{1,6}))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ImageVersion();
}
