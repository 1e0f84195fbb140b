namespace CnpgRestore.Plans.Advice;

/// <summary>One sentence of the runbook as a question to what was seen.</summary>
/// <param name="Id">For scripts; never changes.</param>
/// <param name="Sentence">The runbook's own.</param>
/// <param name="Judge">Given the view and what was made of the two ways.</param>
public sealed record RunbookRule(string Id, Way Way, RuleKind Kind, string Sentence, Func<Judged, Verdict> Judge);

/// <summary>What the rules look at.</summary>
public sealed record Judged(AdviceView View, WayAdvice Bucket, WayAdvice Dump);

/// <summary>A rule and its answer.</summary>
public sealed record JudgedRule(RunbookRule Rule, Verdict Verdict);
