using CnpgRestore.Manifests;
using CnpgRestore.Plans.FromBackup;

namespace CnpgRestore.Plans.Advice;

/// <summary>Looks at Kubernetes, the bucket and the dumps side by side, each for a limited time, and tells which way to go. Only reads.</summary>
public sealed class Advisor(AdviceRequest request, AdviceSources sources)
{
    /// <exception cref="RestoreException">Only for what the command line itself has wrong: a manifest that cannot be read.</exception>
    public async Task<AdviceAnswer> RunAsync(CancellationToken ct)
    {
        var files = request.Files.Count > 0 ? ManifestFiles.Read(request.Files) : null;
        var asked = files is null ? request : request with { Cluster = files.Read(request.Cluster, namedBy: "CLUSTER").Name };
        using var kubernetes = new KubernetesLook(asked, sources, files);
        var cluster = kubernetes.FindClusterAsync(ct);
        var bucket = new BucketLook(asked, sources, kubernetes).RunAsync(cluster, ct);
        var dumps = new DumpLook(asked, sources.Clock).RunAsync(cluster, ct);
        await cluster;
        var around = await kubernetes.LookAroundAsync(ct);
        await Task.WhenAll(bucket, dumps);
        var now = sources.Clock.GetUtcNow();
        return AdviceAnswer.Of(new AdviceView(asked, around, await bucket, await dumps with { PastLoads = sources.PastLoads }, Lineage(asked, around, await bucket, now), LocalFree(), now));
    }

    /// <summary>A name in Git stays as it is unless it is edited there, as for from-backup.</summary>
    private static FolderChoice? Lineage(AdviceRequest request, KubernetesSight kubernetes, BucketSight bucket, DateTimeOffset now) =>
        bucket is { Recovery: not null, Folders: { } folders } ? folders.Choose(request, request.Files.Count > 0 || kubernetes.Owners.Count == 0, now) : null;

    private static ByteSize? LocalFree()
    {
        try
        {
            return new ByteSize(new DriveInfo(Path.GetTempPath()).AvailableFreeSpace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
