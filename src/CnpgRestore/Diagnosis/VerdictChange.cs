using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Diagnosis;

/// <summary>What a second look has found other than the first.</summary>
/// <param name="Gone">Findings that are no more: what they rest on was read again.</param>
/// <param name="Changed">Of the same ailment as before, and other words: numbers, names.</param>
/// <param name="Unread">What could not be read this time, and was before. Nothing is known to be gone then.</param>
/// <param name="ReadAgain">There was such a thing, and there is no more.</param>
/// <param name="Phase">The operator's new word; null where it says the same.</param>
/// <param name="After">What is believed now: the new look, and, where that saw less, the findings of the first.</param>
public sealed record VerdictChange(
    IReadOnlyList<Finding> Gone, IReadOnlyList<Finding> Come, IReadOnlyList<Finding> Changed, IReadOnlyList<string> Unread, bool ReadAgain, string? Phase, Verdict After)
{
    public bool IsAny => Gone.Count + Come.Count + Changed.Count + Unread.Count > 0 || ReadAgain || Phase is not null;

    /// <summary>The new look saw less than the first: what it does not show may be there.</summary>
    public bool IsPartial => After.SawMore is not null;

    public static VerdictChange Between(Verdict before, Verdict now)
    {
        var whole = before.SawMore ?? before.Examination;
        var isPartial = SeesLess(now.Examination, whole);
        var missing = Missing(before, now);
        var come = Missing(now, before);
        var changed = come.Where(finding => missing.Exists(other => other.Id == finding.Id)).ToList();
        var gone = missing.Where(finding => changed.TrueForAll(other => other.Id != finding.Id)).ToList();
        return new VerdictChange(
            isPartial ? [] : gone, [.. come.Except(changed)], changed, [.. NotesOf(now).Except(NotesOf(before))], ReadAgain: !isPartial && before.SawMore is not null,
            Phase: PhaseOf(now) is { } phase && PhaseOf(before) is { } former && phase != former ? phase : null,
            isPartial ? now.With(gone) with { SawMore = whole } : now);
    }

    private static bool SeesLess(Examination now, Examination whole) =>
        now.Notes.Except(whole.Notes).Any() || (whole.Bucket.IsRead && !now.Bucket.IsRead) || (whole.HasKubernetes && !now.HasKubernetes);

    private static IReadOnlyList<string> NotesOf(Verdict verdict) => verdict.Examination.Notes;

    private static string? PhaseOf(Verdict verdict) => verdict.Examination.State?.Phase;

    private static List<Finding> Missing(Verdict from, Verdict other) =>
        [.. from.Findings.Where(finding => other.Findings.All(there => (there.Id, there.What) != (finding.Id, finding.What)))];
}
