namespace CnpgRestore.Databases.Verification;

/// <summary>How a database compares with what it should hold.</summary>
/// <param name="Tables">Compared.</param>
/// <param name="Rows">Counted in them.</param>
/// <param name="Checks">SQL statements that were asked.</param>
public sealed record VerificationResult(string Database, int Tables, long Rows, int Sequences, int Checks, IReadOnlyList<Difference> Differences)
{
    public bool Passed => Differences.Count == 0;
}
