using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Diagnosis;

/// <summary>What all checks say about one examination; what blocks first stands first.</summary>
public sealed record Verdict(Examination Examination, IReadOnlyList<Finding> Findings)
{
    /// <summary>Of a look that saw less than one before it: the last that saw more; null in the usual case.</summary>
    internal Examination? SawMore { get; init; }

    /// <summary><see cref="Severity.Note"/>: healthy.</summary>
    public Severity State => Findings.Count == 0 ? Severity.Note : Findings.Max(finding => finding.Severity);

    /// <summary>Nothing that was seen is wrong, but whether there is such a Cluster could not even be asked: that is not health.</summary>
    public bool IsUnknown => State == Severity.Note && !Examination.KnowsCluster;

    /// <summary>Of a healthy Cluster 0; warnings are 3 and broken is 4; of one that could not be looked at, that of a server which does not answer.</summary>
    public int ExitCode => State switch
    {
        Severity.Note => IsUnknown ? (int)ProblemCode.Unreachable : 0,
        Severity.Warning => (int)ProblemCode.Differences,
        Severity.Broken => (int)ProblemCode.Broken,
    };

    /// <summary>The word of <c>state</c> in the JSON document.</summary>
    public string StateWord => State switch
    {
        Severity.Note => IsUnknown ? "unknown" : "healthy",
        Severity.Warning => "warnings",
        Severity.Broken => "broken",
    };

    public static Verdict On(Examination examination) => new(examination, InOrder(Checks.AllChecks.List.SelectMany(check => check(examination))));

    /// <summary>The same, and what is believed besides.</summary>
    internal Verdict With(IEnumerable<Finding> more) => this with { Findings = InOrder(Findings.Concat(more)) };

    private static IReadOnlyList<Finding> InOrder(IEnumerable<Finding> findings)
    {
        var place = Ailments.All.Select((ailment, index) => (ailment.Id, index)).ToDictionary(item => item.Id, item => item.index, StringComparer.Ordinal);
        return [.. findings.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Ailment.Stage).ThenBy(finding => place[finding.Id])];
    }
}
