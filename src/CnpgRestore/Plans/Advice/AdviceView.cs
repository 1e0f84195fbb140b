using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.Advice;

/// <summary>All that was seen, and when.</summary>
/// <param name="Lineage">How the archive would become empty; null where the folders could not be read.</param>
/// <param name="LocalFree">On this machine's disk for temporary files, where a drill restores to; null where it is not known.</param>
public sealed record AdviceView(
    AdviceRequest Request, KubernetesSight Kubernetes, BucketSight Bucket, DumpSight Dumps, FolderChoice? Lineage, ByteSize? LocalFree, DateTimeOffset Now)
{
    /// <summary>The moment up to which everything is wanted.</summary>
    public DateTimeOffset Wanted => Request.Target?.Moment ?? Now;

    /// <summary>What lives under the Cluster's name is not what was backed up: it began new and empty, as when GitOps is faster than a recovery.</summary>
    public bool IsOtherDatabase => Kubernetes.Cluster?.SystemIdentifier is { } live && Bucket.Recovery is { } recovery && live.ToString() != recovery.SystemId;

    /// <summary>The Cluster lives and nobody names a moment before a mistake.</summary>
    public bool NeedsNoRestore => Kubernetes.IsHealthy && !IsOtherDatabase && Request is { Target: null, Wish: null };

    /// <summary>The same question with the moment before a mistake; the hour before now stands for it.</summary>
    public string AskedWithMoment
    {
        get
        {
            var hour = Now.AddHours(-1);
            var example = TargetTime.From(hour.AddTicks(-(hour.Ticks % TimeSpan.TicksPerMinute)));
            return CommandText.Of("advise", [.. Asked(), "--target-time", example.ToString()]);
        }
    }

    private IEnumerable<string> Asked()
    {
        string?[] places = [Request.Server is null ? null : "--server", Request.Server, Request.Dumps is null ? null : "--dumps", Request.Dumps];
        return [.. new[] { Request.Cluster }.OfType<string>(), .. Request.KubernetesWords, .. Request.Files.SelectMany(file => (string[])["-f", file]), .. Request.StoreWords, .. places.OfType<string>()];
    }
}
