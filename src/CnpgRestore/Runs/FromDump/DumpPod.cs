using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CnpgRestore.Dumps;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.DumpLoad;

namespace CnpgRestore.Runs.FromDump;

/// <summary>
/// Dumps on a volume of the cluster, read through a short-lived pod. It is deleted at the end; where this program is killed, it ends by its
/// deadline, and is swept away by the next of its kind. No Cluster owns it: one that is replaced must not take it along.
/// </summary>
public sealed class DumpPod : IAsyncDisposable
{
    // Longer than any load; as long as the role that is made for it.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan Start = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(30);

    private readonly KubernetesApi _api;
    private readonly ObjectReference _reference;

    private DumpPod(KubernetesApi api, ObjectReference reference, DumpVolume volume, string image)
    {
        _api = api;
        _reference = reference;
        Image = image;
        Place = new PodDumps(api, reference, volume);
    }

    public IDumpPlace Place { get; }

    /// <summary>Asked for, or found.</summary>
    public string Image { get; }

    /// <param name="image">Null: that of the Cluster's own pods.</param>
    /// <param name="cluster">The Cluster whose image it takes; null where there is none.</param>
    /// <exception cref="RestoreException">It does not start; the message tells why, as far as Kubernetes does.</exception>
    public static async Task<DumpPod> StartAsync(KubernetesApi api, DumpVolume volume, string? image, string? cluster, TimeProvider clock, CancellationToken ct)
    {
        var ns = api.Namespace;
        await SweepAsync(api, ns, ct);
        var name = $"cnpg-restore-reader-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var used = image ?? await ImageAsync(api, ns, cluster, ct);
        var manifest = new ReaderPod(name, ns, used, volume, Lifetime) { Near = await NodeAsync(api, ns, volume, ct) }.ToManifest();
        await api.CreateAsync(ResourceTypes.Pods, ns, manifest, WriteOptions.Default, ct);
        var pod = new DumpPod(api, new ObjectReference(ResourceTypes.Pods, ns, name), volume, used);
        try
        {
            await pod.RunningAsync(volume, clock, ct);
            return pod;
        }
        catch
        {
            await pod.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(DeleteTimeout);
        try
        {
            await _api.DeleteAsync(_reference, new DeleteOptions(Uid: null), limit.Token);
        }
        catch (Exception e) when (e is RestoreException or OperationCanceledException)
        {
            // It ends by its deadline.
        }
    }

    /// <summary>What earlier processes have left, which has ended by its deadline.</summary>
    private static async Task SweepAsync(KubernetesApi api, string ns, CancellationToken ct)
    {
        await foreach (var pod in api.ListAsync(ResourceTypes.Pods, ns, new ListSelector(Labels: ReaderPod.Label), ct))
        {
            if (pod.Text("status", "phase") is "Failed" or "Succeeded")
            {
                await api.DeleteAsync(ObjectReference.Of(ResourceTypes.Pods, pod), new DeleteOptions(Uid: null), ct);
            }
        }
    }

    /// <summary>Of an instance that runs: a node has it already.</summary>
    private static async Task<string> ImageAsync(KubernetesApi api, string ns, string? cluster, CancellationToken ct)
    {
        await foreach (var pod in api.ListAsync(ResourceTypes.Pods, ns, new ListSelector(Labels: $"{(cluster is null ? "" : $"{CnpgNames.ClusterLabel}={cluster},")}{CnpgNames.PodRoleLabel}=instance"), ct))
        {
            if (pod.Items("spec", "containers").FirstOrDefault(container => container.Text("name") == CnpgNames.PostgresContainer).Text("image") is { } image)
            {
                return image;
            }
        }

        return (cluster is null ? null : await api.FindAsync(new ObjectReference(ResourceTypes.Clusters, ns, cluster), ct)).Text("spec", "imageName") ?? throw new RestoreException(
            ProblemCode.Usage, "no image is known that could read the dumps", $"no instance of a Cluster runs in namespace {ns}", "name one that has sh, find and cat: --image ghcr.io/cloudnative-pg/postgresql:17");
    }

    /// <summary>The node of a pod that has the claim: what writes the dumps, or a Job of an earlier process that loads one. Null where there is none.</summary>
    private static async Task<string?> NodeAsync(KubernetesApi api, string ns, DumpVolume volume, CancellationToken ct)
    {
        if (volume is DumpVolume.Claim claim)
        {
            await foreach (var pod in api.ListAsync(ResourceTypes.Pods, ns, new ListSelector(Fields: "status.phase=Running"), ct))
            {
                if (pod.Items("spec", "volumes").Any(mounted => mounted.Text("persistentVolumeClaim", "claimName") == claim.Name))
                {
                    return pod.Text("spec", "nodeName");
                }
            }
        }

        return null;
    }

    private async Task RunningAsync(DumpVolume volume, TimeProvider clock, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(Start, clock);
        var troubles = new PodTroubles(_api, _reference, volume);
        while (true)
        {
            var pod = await _api.GetAsync(_reference, ct);
            if (IsRunning(pod))
            {
                return;
            }

            var problem = await troubles.FindAsync(pod, late.IsCancellationRequested, ct);
            if (problem is not null)
            {
                throw new RestoreException(problem);
            }

            await Task.Delay(Interval, clock, ct);
        }
    }

    private static bool IsRunning(JsonObject pod) => pod.Items("status", "containerStatuses").Any(status => status.At("state", "running") is not null);
}
