namespace CnpgRestore.Plans.Advice;

/// <summary>One recommendation, what comes next, and all that it rests on.</summary>
/// <param name="Recommended">Null where neither way is open.</param>
/// <param name="RunnerUp">Null where there is no other open way.</param>
/// <param name="Reason">Why the first and not the second, as one clause.</param>
public sealed record AdviceAnswer(AdviceView View, WayAdvice Bucket, WayAdvice Dump, IReadOnlyList<JudgedRule> Rules, WayAdvice? Recommended, WayAdvice? RunnerUp, string Reason)
{
    private const string NoWay = "no way is open";

    /// <summary>Neither way is open, and both were looked at; otherwise nothing is known of one of them.</summary>
    public bool IsKnown => (Bucket.IsPossible, Dump.IsPossible) is (not null, not null);

    public static AdviceAnswer Of(AdviceView view)
    {
        var judged = new Judged(view, BucketWay.Judge(view), DumpWay.Judge(view));
        var rules = RunbookRules.All.Select(rule => new JudgedRule(rule, rule.Judge(judged))).ToList();
        var (bucket, dump) = (judged.Bucket, judged.Dump);
        var (first, second, reason) = (bucket.IsPossible, dump.IsPossible) switch
        {
            (true, true) => Choose(judged, rules),
            (true, _) => (bucket, (WayAdvice?)null, $"the only way that is open; from a dump: {dump.Why}"),
            (_, true) => (dump, null, $"the only way that is open; from the bucket: {bucket.Why}"),
            (false, false) => (null, null, NoWay),
            _ => (null, null, "no way is known to be open: not all could be looked at"),
        };
        return new AdviceAnswer(view, bucket, dump, rules, first, second, reason);
    }

    /// <summary>Both are open: what a person wants comes first, then what can be trusted, then what loses less.</summary>
    private static (WayAdvice?, WayAdvice?, string) Choose(Judged judged, List<JudgedRule> rules)
    {
        var (bucket, dump) = (judged.Bucket, judged.Dump);
        if (judged.View.Request.Wish is not null)
        {
            var wanted = rules.First(rule => rule.Rule.Id is RunbookRules.Inspect or RunbookRules.Migrate && rule.Verdict.Holds == true);
            return (dump, bucket, $"{wanted.Rule.Sentence}: {wanted.Verdict.Evidence}");
        }

        if (judged.View.Bucket.Doubt is { } doubt)
        {
            return (dump, bucket, $"the bucket cannot be trusted: {doubt.Text}");
        }

        var recovery = judged.View.Bucket.Recovery!;
        var held = Loss.Of(recovery.HeldUntil, judged.View.Wanted);
        if (dump.Loss!.Time < held.Time)
        {
            return (dump, bucket, $"the dump is {Spoken.Duration(held.Time - dump.Loss.Time)} younger than the end of the archive");
        }

        return dump.Loss.Time >= bucket.Loss!.Time
            ? (bucket, dump, $"the bucket brings back {Spoken.Duration(dump.Loss.Time - bucket.Loss.Time)} more than the dump")
            : (bucket, dump, $"the bucket brings back all that the dump does: it was written to until {Spoken.Time(recovery.HeldUntil)}, and its last commit is of {Spoken.Time(recovery.UpTo)}");
    }
}
