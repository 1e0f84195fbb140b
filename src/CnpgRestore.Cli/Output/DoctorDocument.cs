using CnpgRestore.Diagnosis;

namespace CnpgRestore.Cli.Output;

/// <summary>The result of <c>doctor -o json</c>.</summary>
/// <param name="State"><c>healthy</c>, <c>warnings</c> or <c>broken</c>: the worst severity of the findings; <c>unknown</c> where the Cluster could not be looked at.</param>
/// <param name="Phase">As the operator says it; absent where there is no Cluster.</param>
/// <param name="Notes">What could not be read.</param>
sealed record DoctorDocument(
    string State, string Cluster, string Namespace, DateTimeOffset Time, string? Phase, string? Bucket, IReadOnlyList<DoctorFindingItem> Findings, IReadOnlyList<string> Notes)
{
    public static DoctorDocument From(Verdict verdict) => new(
        verdict.StateWord,
        verdict.Examination.Cluster,
        verdict.Examination.Namespace,
        verdict.Examination.Time,
        verdict.Examination.State?.Phase,
        verdict.Examination.Bucket.Address,
        [.. verdict.Findings.Select(DoctorFindingItem.From)],
        verdict.Examination.Notes);
}

/// <param name="Id">From the catalogue in docs/troubleshooting.md; never changes.</param>
/// <param name="Command">The one that repairs; absent where a person has to decide first.</param>
sealed record DoctorFindingItem(string Id, string Severity, string Title, string What, IReadOnlyList<Evidence> Evidence, string Cause, string Repair, string? Command)
{
    public static DoctorFindingItem From(Finding finding) => new(
        finding.Id, finding.Severity.ToString().ToLowerInvariant(), finding.Ailment.Title, finding.What, finding.Evidence, finding.Ailment.Cause, finding.Ailment.Repair, finding.Command);
}
