using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Catalogue;

namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>Which of the printed commands are followed in a situation, in this order, and what a person adds to them.</summary>
/// <param name="Follow">Ids of findings.</param>
public sealed record Repair(params IReadOnlyList<string> Follow)
{
    /// <summary>For sed: the change that a person makes where a command opens an editor.</summary>
    public string? Edit { get; init; }

    /// <summary>What a person writes for a word of the command: <c>NAME</c>, <c>VALUE</c>.</summary>
    public IReadOnlyList<(string Word, string Value)> Fill { get; init; } = [];

    /// <summary>Findings that were there and that none of the commands is about.</summary>
    public IReadOnlyList<string> Left { get; init; } = [];

    /// <summary>What is still to be done: anything that was followed, and anything that is broken.</summary>
    public IEnumerable<Finding> Remains(Verdict verdict) => verdict.Findings.Where(finding => !Left.Contains(finding.Id) && (Follow.Contains(finding.Id) || finding.Severity == Severity.Broken));
}

/// <summary>How it ended.</summary>
/// <param name="Typed">Commands and what they said.</param>
/// <param name="IsFollowed">Every command was printed, and ended with exit code 0.</param>
sealed record Repaired(Verdict Verdict, IReadOnlyList<string> Typed, bool IsFollowed)
{
    public void Assert(string name, Repair repair)
    {
        var remains = repair.Remains(Verdict).ToList();
        Xunit.Assert.True(
            IsFollowed && remains.Count == 0,
            $"{name}: {string.Join('\n', Typed)}\nleft over:\n{string.Join('\n', remains.Select(finding => $"  {finding.Id}: {finding.What} [{string.Join(" | ", finding.Evidence)}] do: {finding.Command}"))}");
    }
}
