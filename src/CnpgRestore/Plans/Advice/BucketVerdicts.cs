using static System.FormattableString;

namespace CnpgRestore.Plans.Advice;

/// <summary>What speaks for the bucket, and what it needs.</summary>
static class BucketVerdicts
{
    /// <summary>Without a dump to compare with: CloudNativePG archives at least every five minutes, so a day without WAL is no pause.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromDays(1);

    public static Verdict Accessible(Judged judged) => judged.View.Bucket switch
    {
        { NotAsked: { } reason } => new(null, $"not looked at: {reason}"),
        { Stage: >= BucketStage.Listed, RefusedAction: { } action } => new(false, $"it refuses {action}"),
        { Stage: >= BucketStage.Listed, Address: var address } => new(true, $"{address} answers and may be listed"),
        { Problem: { } problem } => new(false, problem.Message),
        _ => new(false, "it does not answer"),
    };

    /// <summary>Needed where a moment is named.</summary>
    public static Verdict PointInTime(Judged judged) => (judged.View.Request.Target, judged.View.Bucket) switch
    {
        (null, _) => new(false, "no --target-time is given"),
        ({ } target, { Unreachable: { } problem }) => new(false, $"{target} cannot be reached: {problem.Message}"),
        ({ } target, { Recovery: { } recovery }) => new(true, $"{target}: {recovery.Proof}"),
        ({ } target, _) => new(null, $"whether {target} can be reached is not known"),
    };

    public static Verdict Fastest(Judged judged) => (judged.Bucket, judged.Dump) switch
    {
        ({ IsPossible: not true }, _) => new(false, "the bucket gives nothing that could be fast"),
        ({ Estimate: null }, _) => new(null, "the speed of the bucket is not known"),
        ({ Estimate: { } bucket }, { IsPossible: true, Estimate: { } dump }) =>
            new(bucket.Time <= dump.Time, $"about {Spoken.Duration(bucket.Time)} from the bucket, about {Spoken.Duration(dump.Time)} from the dump"),
        ({ Estimate: { } bucket }, _) => new(true, $"about {Spoken.Duration(bucket.Time)}; no dump to compare with"),
    };

    public static Verdict IntactAndRecent(Judged judged)
    {
        var (view, bucket) = (judged.View, judged.View.Bucket);
        if (bucket.Recovery is not { } recovery)
        {
            return new(bucket.NotAsked is null ? false : null, judged.Bucket.Why);
        }

        if ((bucket.Doubt?.Text ?? bucket.Unreachable?.Message) is { } doubt)
        {
            return new(false, doubt);
        }

        var what = Invariant($"base backup {recovery.BackupId} and {Counted.Of(recovery.Segments, "WAL segment")}, up to {Spoken.Time(recovery.UpTo)}");
        if (judged.Dump.Loss is { } dump)
        {
            return new(recovery.HeldUntil >= dump.From, $"{what}; the dump is of {Spoken.Time(dump.From)}");
        }

        return new(view.Now - recovery.HeldUntil <= Recent, $"{what}; last written to {Spoken.Time(recovery.HeldUntil)}");
    }

    public static Verdict Credentials(Judged judged) => judged.View.Bucket switch
    {
        { NotAsked: { } reason } => new(null, $"not looked at: {reason}"),
        { Stage: >= BucketStage.Listed } => new(true, "the bucket accepts them"),
        { Stage: BucketStage.Opening, Problem: { } problem } => new(false, problem.Message),
        { Problem: { Code: ProblemCode.AccessDenied } problem } => new(false, problem.Message),
        { Problem: { } problem } => new(null, $"nobody has looked at them: {problem.Message}"),
        _ => new(null, "nobody has looked at them"),
    };

    public static Verdict BackupData(Judged judged) => judged.View.Bucket switch
    {
        { NotAsked: { } reason } => new(null, $"not looked at: {reason}"),
        { Recovery: { } recovery } => new(true, $"base backup {recovery.BackupId} of {recovery.Stored} is usable"),
        { Stage: < BucketStage.Listed } => new(null, judged.Bucket.Why),
        _ => new(judged.Bucket.IsPossible, judged.Bucket.Why),
    };
}
