using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.Runs.Clusters;

/// <summary>
/// The ConfigMap <c>cnpg-restore-CLUSTER</c> beside the Cluster: what was decided, the manifest that will be created and the one that was there.
/// Any machine can go on or undo with it.
/// </summary>
public sealed class RunRecord(KubernetesApi api)
{
    private const string DecisionKey = ClusterDecision.RecordKey;
    private const string ManifestKey = ClusterDecision.RecordedManifestKey;
    private const string Mark = ClusterDecision.RecordLabel;
    private const string FormerKey = "former-cluster.json";
    private const string OutcomeKey = "outcome.json";
    private const string ReleasedKey = "gitops-released";

    public static ObjectReference ReferenceOf(string ns, string cluster) => new(ResourceTypes.ConfigMaps, ns, $"cnpg-restore-{cluster}");

    /// <summary>Null where no run is under way.</summary>
    /// <exception cref="RestoreException">The ConfigMap is there and cannot be understood.</exception>
    public async Task<RecordedRun?> FindAsync(string ns, string cluster, CancellationToken ct)
    {
        var reference = ReferenceOf(ns, cluster);
        return await api.FindAsync(reference, ct) is { } map ? Read(reference, map) : null;
    }

    /// <summary>By the run's name, among those of a namespace.</summary>
    public async Task<RecordedRun?> FindRunAsync(string ns, string run, CancellationToken ct)
    {
        await foreach (var recorded in ListAsync(ns, ct))
        {
            if (recorded.Decision.Run == run)
            {
                return recorded;
            }
        }

        return null;
    }

    /// <summary>The unfinished runs of a namespace, whatever machine began them.</summary>
    /// <exception cref="RestoreException">One of the ConfigMaps cannot be understood.</exception>
    public async IAsyncEnumerable<RecordedRun> ListAsync(string ns, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var map in api.ListAsync(ResourceTypes.ConfigMaps, ns, new ListSelector(Labels: Mark), ct))
        {
            yield return Read(ObjectReference.Of(ResourceTypes.ConfigMaps, map), map);
        }
    }

    /// <summary>GitOps as a run suspends and resumes it: what runs of other Clusters need suspended stays so, and they learn when this one does not.</summary>
    /// <param name="goOn">The command that goes on after somebody has resumed an owner.</param>
    /// <param name="replaces">The run replaces the Cluster, and may resume what an earlier one of the same has held.</param>
    internal GitOpsSwitch GitOpsOf(ClusterDecision decision, string goOn, bool replaces, TimeProvider clock) => new(api, decision.Owners, decision.Run, goOn, clock)
    {
        NeededElsewhere = token => OwnersOfOthersAsync(decision.Namespace, decision.Cluster, token),
        BeforeResuming = token => NoteReleasedAsync(decision, token),
        Replaces = replaces ? $"{decision.Namespace}/{decision.Cluster}" : null,
    };

    /// <summary>
    /// Notes that a run needs nothing suspended any more: of two that end at once, one sees that. Who may not change the ConfigMap goes on without the
    /// note: it is no reason to leave GitOps suspended.
    /// </summary>
    private async Task NoteReleasedAsync(ClusterDecision decision, CancellationToken ct)
    {
        try
        {
            await api.MergePatchAsync(
                ReferenceOf(decision.Namespace, decision.Cluster), new JsonObject { ["data"] = new JsonObject { [ReleasedKey] = "true" } }, WriteOptions.Default, ct);
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
        {
            // A run of an earlier version did not ask for this permission.
        }
    }

    /// <summary>
    /// What unfinished runs of other Clusters have suspended and still need so. Where only the Cluster's own namespace may be read, those in it; where not
    /// even that, none.
    /// </summary>
    public async Task<IReadOnlySet<SuspendedOwner>> OwnersOfOthersAsync(string ns, string cluster, CancellationToken ct)
    {
        foreach (var circle in (string?[])[null, ns])
        {
            try
            {
                return await ReadOwnersAsync(circle, ReferenceOf(ns, cluster), ct);
            }
            catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
            {
                // A smaller circle.
            }
        }

        return new HashSet<SuspendedOwner>();
    }

    private async Task<IReadOnlySet<SuspendedOwner>> ReadOwnersAsync(string? ns, ObjectReference own, CancellationToken ct)
    {
        var owners = new HashSet<SuspendedOwner>();
        await foreach (var map in api.ListAsync(ResourceTypes.ConfigMaps, ns, new ListSelector(Labels: Mark), ct))
        {
            var reference = ObjectReference.Of(ResourceTypes.ConfigMaps, map);
            if (reference != own && map.Text("data", ReleasedKey) is null && TryRead(reference, map) is { } other)
            {
                owners.UnionWith(other.Decision.Owners);
            }
        }

        return owners;
    }

    /// <summary>Null where it cannot be understood, which is told where it is somebody's own.</summary>
    private static RecordedRun? TryRead(ObjectReference reference, JsonObject map)
    {
        try
        {
            return Read(reference, map);
        }
        catch (RestoreException)
        {
            return null;
        }
    }

    private static RecordedRun Read(ObjectReference reference, JsonObject map)
    {
        try
        {
            var text = map.Text("data", DecisionKey)!;
            ClusterDecision decision = JsonReading.Parse(text)!.AsObject().ContainsKey("dump")
                ? JsonSerializer.Deserialize(text, FromDumpJson.Readable.FreshDecision)!
                : JsonSerializer.Deserialize(text, FromBackupJson.Default.FromBackupDecision)!;
            var manifest = (JsonObject)JsonReading.Parse(map.Text("data", ManifestKey)!)!;
            return new RecordedRun(decision, manifest, map.Text("data", FormerKey) is { } former ? JsonReading.Parse(former) as JsonObject : null, map.Text("data", OutcomeKey));
        }
        catch (Exception e) when (e is JsonException or ArgumentNullException or InvalidCastException or InvalidOperationException)
        {
            throw new RestoreException(
                ProblemCode.Refused, $"{reference} is not a record of this program", e.Message, $"look at it, then remove it: kubectl delete configmap -n {reference.Namespace} {reference.Name}", e);
        }
    }

    /// <summary>Written once; what another run has left is overwritten only by the run that takes its place.</summary>
    /// <param name="manifest">The Cluster as it will be created.</param>
    /// <param name="former">The one that is there now; null where there is none.</param>
    public async Task<string> WriteAsync(ClusterDecision decision, JsonObject manifest, JsonObject? former, CancellationToken ct)
    {
        var reference = ReferenceOf(decision.Namespace, decision.Cluster);
        var present = await api.FindAsync(reference, ct);
        var recorded = present is null ? null : Read(reference, present).Decision;
        if (recorded?.Run == decision.Run)
        {
            return $"{reference} is there already";
        }

        if (recorded is not null && recorded.Run != decision.Supersedes)
        {
            throw RecordedRun.Unfinished(recorded);
        }

        var data = new JsonObject
        {
            [DecisionKey] = decision is FreshDecision fresh
                ? JsonSerializer.Serialize(fresh, FromDumpJson.Readable.FreshDecision)
                : JsonSerializer.Serialize((FromBackupDecision)decision, FromBackupJson.Default.FromBackupDecision),
            [ManifestKey] = manifest.ToJsonString(),
        };
        if (former is not null)
        {
            data[FormerKey] = LiveManifest.Bare(former).ToJsonString();
        }

        var map = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject
            {
                ["name"] = reference.Name,
                ["namespace"] = decision.Namespace,
                ["labels"] = new JsonObject { ["app.kubernetes.io/managed-by"] = "cnpg-restore" },
            },
            ["data"] = data,
        };
        if (present is null)
        {
            await api.CreateAsync(ResourceTypes.ConfigMaps, decision.Namespace, map, WriteOptions.Default, ct);
        }
        else
        {
            // In one request: without a record, nobody would know what is suspended.
            map["metadata"]!["resourceVersion"] = present.Text("metadata", "resourceVersion");
            await api.ReplaceAsync(reference, map, WriteOptions.Default, ct);
        }

        return reference.ToString();
    }

    /// <summary>Notes what a step has achieved, where nothing else would tell another machine.</summary>
    public Task NoteAsync(ClusterDecision decision, string outcome, CancellationToken ct) => api.MergePatchAsync(
        ReferenceOf(decision.Namespace, decision.Cluster), new JsonObject { ["data"] = new JsonObject { [OutcomeKey] = outcome } }, WriteOptions.Default, ct);

    /// <summary>Notes of which manifest the Cluster is made, where it is another one than recorded by now.</summary>
    public async Task NoteManifestAsync(ClusterDecision decision, JsonObject manifest, CancellationToken ct)
    {
        var text = manifest.ToJsonString();
        // As text: that is what was written, and a run that changes nothing needs no permission to.
        if (await FindAsync(decision.Namespace, decision.Cluster, ct) is { } recorded && recorded.Manifest.ToJsonString() != text)
        {
            await api.MergePatchAsync(
                ReferenceOf(decision.Namespace, decision.Cluster), new JsonObject { ["data"] = new JsonObject { [ManifestKey] = text } }, WriteOptions.Default, ct);
        }
    }

    public async Task RemoveAsync(ClusterDecision decision, CancellationToken ct)
    {
        var reference = ReferenceOf(decision.Namespace, decision.Cluster);
        if (await api.FindAsync(reference, ct) is not null)
        {
            await api.DeleteAsync(reference, new DeleteOptions(Uid: null), ct);
        }
    }
}
