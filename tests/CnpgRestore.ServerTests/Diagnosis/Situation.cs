using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>A recorded examination of something that was really so, and what doctor has to say of it: no less, and no more.</summary>
/// <param name="Expected">Ids, in any order.</param>
public sealed record Situation(string Name, Examination Examination, IReadOnlyList<string> Expected)
{
    public void Assert()
    {
        var verdict = Verdict.On(Examination);
        var found = verdict.Findings.Select(finding => finding.Id).Distinct().Order(StringComparer.Ordinal);
        Xunit.Assert.True(
            found.SequenceEqual(Expected.Order(StringComparer.Ordinal)),
            $"{Name}: expected {string.Join(", ", Expected)}\n{string.Join('\n', verdict.Findings.Select(finding => $"  {finding.Id}: {finding.What} [{string.Join(" | ", finding.Evidence)}] do: {finding.Command}"))}\n  not read: {string.Join("; ", Examination.Notes)}\n{LogsOf(Examination)}");
        Xunit.Assert.All(verdict.Findings, finding =>
        {
            Xunit.Assert.NotEmpty(finding.Evidence);
            // Every name is filled in; braces of JSON stay.
            Xunit.Assert.DoesNotMatch(@"\{[a-z]+\}", finding.Command ?? "");
        });
    }

    private static string LogsOf(Examination exam) => string.Join('\n', exam.Logs.SelectMany(log => log.Lines.TakeLast(6).Select(line => $"    {log.Place}: {line}")));
}
