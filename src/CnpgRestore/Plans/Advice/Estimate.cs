using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using static System.FormattableString;

namespace CnpgRestore.Plans.Advice;

/// <summary>How long a way takes, roughly.</summary>
/// <param name="Derivation">What was measured just now, what an earlier run took, and what is a guess, as one clause.</param>
public sealed record Estimate(TimeSpan Time, string Derivation)
{
    /// <summary>The start of barman-cloud-wal-restore for each segment: 42 segments in 34 s (docs/performance.md). The replay itself is faster than that.</summary>
    internal static readonly TimeSpan PerSegment = TimeSpan.FromSeconds(0.8);

    /// <summary>A drill fetches ahead: 42 segments in 2.8 s (docs/performance.md).</summary>
    internal static readonly TimeSpan PerSegmentOfDrill = TimeSpan.FromSeconds(0.07);

    /// <summary>Objects that a folder move copies, proves and removes in a second: 5,000 in 10.7 s (docs/performance.md).</summary>
    internal const double MovedPerSecond = 470;

    /// <summary>Recovery Job and instance are scheduled and start; CloudNativePG's drills of small databases take 52 to 84 s in all.</summary>
    internal static readonly TimeSpan ClusterStart = TimeSpan.FromMinutes(1);

    /// <summary>What a drill or a load does besides: plan, start of PostgreSQL, counting and checking, on small databases.</summary>
    internal static readonly TimeSpan OwnSteps = TimeSpan.FromSeconds(5);

    /// <summary>
    /// SQL text that a server takes in a second, indexes and keys included. Published restores lie between 3 MB/s (22 GB in 2 h) and 43 MB/s (70 GB in
    /// 27 min); this is the middle of the two as a ratio, and on the careful side of it.
    /// </summary>
    internal const double LoadedPerSecond = 10 << 20;

    /// <summary>pg_dump -Fc packs text about so many times.</summary>
    internal const double ArchiveExpansion = 5;

    /// <summary>Null where the speed of the bucket is not known.</summary>
    public static Estimate? OfBucket(BucketSight bucket, FolderChoice? lineage)
    {
        if (bucket is not { Recovery: { } recovery, Rate: { BytesPerSecond: > 0 } rate })
        {
            return null;
        }

        var download = TimeSpan.FromSeconds(recovery.Stored.Bytes / rate.BytesPerSecond);
        var segment = PerSegment + TimeSpan.FromSeconds(recovery.SegmentStored.Bytes / rate.BytesPerSecond);
        var replay = segment * recovery.Segments / bucket.WalParallel;
        var move = lineage?.Lineage == Lineage.Move ? TimeSpan.FromSeconds(recovery.Segments / MovedPerSecond) : TimeSpan.Zero;
        return new Estimate(
            download + replay + move + ClusterStart,
            Invariant($"{recovery.Stored}, measured {rate} from the bucket just now; a guess: {Counted.Of(recovery.Segments, "WAL segment")} at {segment.TotalSeconds:0.0} s{(bucket.WalParallel > 1 ? Invariant($", {bucket.WalParallel} at once") : "")}, and a minute for the pods"));
    }

    /// <summary>Of a drill on this machine.</summary>
    public static Estimate? OfDrill(BucketSight bucket) => bucket is not { Recovery: { } recovery, Rate: { BytesPerSecond: > 0 } rate } ? null : new Estimate(
        TimeSpan.FromSeconds((recovery.Stored.Bytes + (recovery.SegmentStored.Bytes * recovery.Segments)) / rate.BytesPerSecond) + (PerSegmentOfDrill * recovery.Segments) + OwnSteps,
        Invariant($"{recovery.Stored} and {Counted.Of(recovery.Segments, "WAL segment")}, measured {rate} from the bucket just now; a guess: a drill replays 15 segments a second"));

    /// <summary>Null where no dump is there.</summary>
    public static Estimate? OfDump(DumpSight dumps)
    {
        if (dumps.Chosen is not { } dump)
        {
            return null;
        }

        var text = dumps.Text ?? new ByteSize((long)(dump.File.Size.Bytes * ArchiveExpansion));
        var read = dumps is { Text: not null, Rate: { } rate } ? rate.TextPerSecond : (double?)null;
        var reading = read is null ? "" : $"; measured just now: it is read at {new ByteSize((long)read)}/s of SQL";
        if (dumps.PastLoads.FirstOrDefault(load => load.TellsOf(dump.File.Path)) is { } past)
        {
            var time = Longer(TimeSpan.FromSeconds(dump.File.Size.Bytes / past.StoredPerSecond), TimeSpan.FromSeconds(text.Bytes / (read ?? double.PositiveInfinity)));
            return new Estimate(time + OwnSteps, Invariant($"{dump.File.Size} as the load of {past.Time:yyyy-MM-dd} went, at {new ByteSize((long)past.StoredPerSecond)}/s of the dump{reading}"));
        }

        var perSecond = Math.Min(read ?? double.PositiveInfinity, LoadedPerSecond);
        var what = dumps.Text is null ? Invariant($"about {text} of SQL, {ArchiveExpansion} times the archive") : $"{text} of SQL";
        return new Estimate(
            TimeSpan.FromSeconds(text.Bytes / perSecond) + OwnSteps,
            read < LoadedPerSecond ? $"{what}{reading}" : $"a guess: {what} at {new ByteSize((long)LoadedPerSecond)}/s, which servers take with indexes{reading}");
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
