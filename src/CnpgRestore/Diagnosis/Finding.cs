using CnpgRestore.Diagnosis.Catalogue;

namespace CnpgRestore.Diagnosis;

/// <summary>An ailment that a Cluster has.</summary>
/// <param name="What">One clause with the names of the objects.</param>
/// <param name="Evidence">Never empty.</param>
/// <param name="Command">The one that repairs, with all names filled in; null where a person has to decide first.</param>
public sealed record Finding(Ailment Ailment, string What, IReadOnlyList<Evidence> Evidence, string? Command)
{
    public string Id => Ailment.Id;

    public Severity Severity => Ailment.Severity;
}
