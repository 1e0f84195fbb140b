using CnpgRestore.Databases.Verification;

namespace CnpgRestore.Cli.Output;

/// <summary>What <c>verify</c> prints.</summary>
/// <param name="Tables">Compared, of which <paramref name="Rows"/> were counted.</param>
sealed record VerificationDocument(string Database, bool Passed, int Tables, long Rows, int Sequences, int Checks, IReadOnlyList<Difference> Differences)
{
    public static VerificationDocument From(VerificationResult result) =>
        new(result.Database, result.Passed, result.Tables, result.Rows, result.Sequences, result.Checks, result.Differences);
}
