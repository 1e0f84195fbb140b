using CnpgRestore.Plans.Advice;

namespace CnpgRestore.Cli.Output;

/// <summary>The result of <c>advise -o json</c>.</summary>
/// <param name="RestoreNeeded">False where the Cluster is healthy and nobody named a moment or a wish.</param>
/// <param name="Recommended"><c>from-backup</c> or <c>from-dump</c>; absent where no way is open.</param>
/// <param name="Lineage">Absent where the bucket was not read.</param>
sealed record AdviceDocument(
    string? Cluster,
    string? Namespace,
    DateTimeOffset LookedAt,
    DateTimeOffset? TargetTime,
    bool RestoreNeeded,
    string? Recommended,
    string? RunnerUp,
    string Reason,
    IReadOnlyList<WayItem> Ways,
    LineageItem? Lineage,
    AdviceKubernetesItem Kubernetes,
    AdviceBucketItem Bucket,
    AdviceDumpsItem Dumps,
    IReadOnlyList<RuleItem> Rules)
{
    public static AdviceDocument From(AdviceAnswer answer)
    {
        var view = answer.View;
        return new(
            view.Request.Cluster,
            view.Kubernetes.Namespace,
            view.Now,
            view.Request.Target?.Moment,
            !view.NeedsNoRestore,
            answer.Recommended is { } first ? Word(first.Way) : null,
            answer.RunnerUp is { } second ? Word(second.Way) : null,
            answer.Reason,
            [WayItem.From(answer.Bucket), WayItem.From(answer.Dump)],
            view.Lineage is { } choice ? new(choice.Lineage.ToString().ToLowerInvariant(), choice.Reason, choice.Source, choice.Archive, choice.MoveTo) : null,
            AdviceKubernetesItem.From(view.Kubernetes),
            AdviceBucketItem.From(view.Bucket),
            AdviceDumpsItem.From(view.Dumps),
            [.. answer.Rules.Select(RuleItem.From)]);
    }

    public static string Word(Way way) => way == Way.Bucket ? "from-backup" : "from-dump";
}

/// <param name="Possible">Absent where it was not looked at, or not to its end.</param>
/// <param name="DurationSeconds">About.</param>
sealed record WayItem(
    string Way,
    bool? Possible,
    string Why,
    ProblemItem? Problem,
    LossItem? DataLoss,
    long? DurationSeconds,
    string? DurationDerivation,
    IReadOnlyList<ProblemItem> Obstacles,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<AdvisedCommand> Commands)
{
    public static WayItem From(WayAdvice way) => new(
        AdviceDocument.Word(way.Way),
        way.IsPossible,
        way.Why,
        ProblemItem.From(way.Problem),
        way.Loss is { } loss ? new(loss.From, loss.To, (long)loss.Time.TotalSeconds) : null,
        way.Estimate is { } estimate ? (long)estimate.Time.TotalSeconds : null,
        way.Estimate?.Derivation,
        [.. way.Obstacles.Select(problem => ProblemItem.From(problem)!)],
        way.Warnings,
        way.Commands);
}

/// <summary>At most what was committed between the two.</summary>
sealed record LossItem(DateTimeOffset From, DateTimeOffset To, long Seconds);

/// <param name="Code">The exit code that it would be.</param>
sealed record ProblemItem(int Code, string Message, string? Detail, string? Hint)
{
    public static ProblemItem? From(Problem? problem) => problem is null ? null : new((int)problem.Code, problem.Message, problem.Detail, problem.Hint);
}

sealed record LineageItem(string Lineage, string Reason, string Source, string Archive, string? MoveTo);

/// <param name="Kind"><c>use_when</c> or <c>prerequisite</c>.</param>
/// <param name="Holds">Absent where it could not be looked at.</param>
sealed record RuleItem(string Id, string Way, string Kind, string Sentence, bool? Holds, string Evidence)
{
    public static RuleItem From(JudgedRule judged) => new(
        judged.Rule.Id,
        AdviceDocument.Word(judged.Rule.Way),
        judged.Rule.Kind == RuleKind.UseWhen ? "use_when" : "prerequisite",
        judged.Rule.Sentence,
        judged.Verdict.Holds,
        judged.Verdict.Evidence);
}
