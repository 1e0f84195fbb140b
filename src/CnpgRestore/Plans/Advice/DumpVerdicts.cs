using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Plans.Advice;

/// <summary>What speaks for a dump, and what it needs.</summary>
static class DumpVerdicts
{
    public static Verdict BucketUnavailable(Judged judged) => judged.View.Bucket switch
    {
        { NotAsked: { } reason } => new(null, $"not looked at: {reason}"),
        { Stage: < BucketStage.Listed, Problem: { Code: ProblemCode.Unreachable } problem } => new(true, problem.Message),
        var bucket => new(false, bucket.Stage >= BucketStage.Listed ? $"{bucket.Address} answers" : bucket.Problem?.Message ?? "it was not asked"),
    };

    public static Verdict BucketBroken(Judged judged) => judged.View.Bucket switch
    {
        { NotAsked: { } reason } => new(null, $"not looked at: {reason}"),
        { Stage: BucketStage.Asking or BucketStage.Listed, Problem: { Code: ProblemCode.NotFound } problem } => new(true, problem.Message),
        { Stage: < BucketStage.Listed } => new(null, judged.Bucket.Why),
        { Doubt: { } doubt } => new(true, doubt.Text),
        { Unreachable: { Code: ProblemCode.WalGap } gap } => new(true, gap.Message),
        { Recovery: null } => new(judged.Bucket.IsPossible is null ? null : true, judged.Bucket.Why),
        { Recovery: { } recovery } => new(false, $"base backup {recovery.BackupId} is usable: {recovery.Proof}"),
    };

    public static Verdict InspectFirst(Judged judged) =>
        judged.View.Request.Wish == Wish.Inspect ? new(true, "--want inspect") : new(false, "--want inspect is not given");

    /// <summary>Wished, or forced by a manifest that asks for another major version than the backup has.</summary>
    public static Verdict Migrate(Judged judged) => judged.View.Request.Wish == Wish.Migrate ? new(true, "--want migrate")
        : judged.View.Bucket.Obstacles is [var obstacle, ..] ? new(true, obstacle.Message)
        : new(false, "--want migrate is not given, and nothing in the manifest contradicts the backup");

    /// <summary>Whether others know them too, no measurement tells.</summary>
    public static Verdict CredentialsLost(Judged judged) => judged.View.Bucket switch
    {
        { NotAsked: { } reason } => new(null, $"not looked at: {reason}"),
        { Stage: BucketStage.Opening, Problem: { } problem } => new(true, problem.Message),
        { Problem: { Code: ProblemCode.AccessDenied } problem, RefusedAction: { } action } => new(true, $"{problem.Message} ({action})"),
        { Stage: >= BucketStage.Listed } => new(false, "the bucket accepts them; whether somebody else has them too is not to be seen"),
        _ => new(null, "nobody has looked at them"),
    };

    public static Verdict Access(Judged judged) => judged.View.Dumps switch
    {
        { NotAsked: { } reason } => new(null, $"not looked at: {reason}"),
        { Count: > 0 } dumps => new(true, $"{dumps.Path} can be read"),
        { Problem: { } problem } => new(false, problem.Message),
        _ => new(false, "nothing was found"),
    };

    public static Verdict Files(Judged judged) => judged.View.Dumps switch
    {
        { NotAsked: { } reason } => new(null, $"not looked at: {reason}"),
        { Chosen: { } dump, Inspection: { State: DumpState.Complete } } => new(true, $"{dump.Names[0]} is complete"),
        { Chosen: { } dump } => new(null, $"{dump.Names[0]} is not proven whole"),
        _ => new(false, judged.Dump.Why),
    };
}
