using System.Globalization;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Plans.Advice;

namespace CnpgRestore.Plans;

/// <summary>What <c>rename SOURCE TARGET</c> asks for.</summary>
/// <param name="Source">Server folder, without slashes: <c>postgres-v17</c>.</param>
/// <param name="RemoveSource">Remove the source after the target is proven; otherwise it stays.</param>
/// <param name="ReadBack">Prove by reading both sides, whatever the store says about their contents.</param>
/// <param name="Parallelism">Copies in flight.</param>
public sealed record FolderMoveRequest(string Source, string Target, bool RemoveSource, bool ReadBack, int Parallelism)
{
    /// <summary>Names the same move on the same store, whichever options it has: the journal goes by it.</summary>
    public string SubjectIn(string storeIdentity) => $"{Source} -> {Target} in {storeIdentity}";

    /// <summary>As a person types it to go on with the same move, proven in the same way.</summary>
    /// <param name="place">The options that reach the bucket, not quoted yet.</param>
    public string CommandLine(IEnumerable<string> place) => CommandText.Of(
        "rename",
        [
            .. RemoveSource ? (string[])["-r"] : [],
            .. ReadBack ? (string[])["--verify", "full"] : [],
            .. Parallelism == S3Settings.DefaultParallelism ? (string[])[] : ["--parallel", Parallelism.ToString(CultureInfo.InvariantCulture)],
            Source,
            Target,
            .. place,
        ]);
}
