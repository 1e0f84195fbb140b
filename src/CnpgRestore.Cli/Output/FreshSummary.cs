using CnpgRestore.Databases.Verification;
using CnpgRestore.Runs.FromDump;

namespace CnpgRestore.Cli.Output;

/// <summary>The last message of a Cluster that was made new from a dump.</summary>
/// <param name="Archive">Empty where the Cluster takes no backups.</param>
sealed record FreshSummary(
    string MessageType,
    string Run,
    string Cluster,
    string Namespace,
    string Database,
    string Dump,
    string Strategy,
    string Lineage,
    string Archive,
    int SequencesFixed,
    int Tables,
    long Rows,
    IReadOnlyList<Difference> Differences,
    string FirstBackup,
    IReadOnlyList<string> Warnings,
    double Seconds)
{
    public static FreshSummary From(FreshResult result) => new(
        "summary",
        result.Decision.Run,
        result.Decision.Cluster,
        result.Decision.Namespace,
        result.Decision.Dump.Database,
        result.Decision.Dump.Dump,
        "fresh",
        result.Decision.Lineage.ToString().ToLowerInvariant(),
        result.Decision.Archive,
        result.Loaded.SequencesFixed,
        result.Loaded.Tables,
        result.Loaded.Rows,
        result.Loaded.Differences,
        result.FirstBackup,
        result.Warnings,
        Math.Round(result.Took.TotalSeconds, 1));
}
