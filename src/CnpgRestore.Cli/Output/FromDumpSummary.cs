using CnpgRestore.Databases.Verification;
using CnpgRestore.Runs.FromDump;

namespace CnpgRestore.Cli.Output;

/// <summary>The last message of a restore from a dump.</summary>
/// <param name="Former">The database that was live before; absent where the dump went into the live one.</param>
/// <param name="Created">There was no such database before.</param>
/// <param name="HeldOffMilliseconds">How long nobody could connect during the swap.</param>
sealed record FromDumpSummary(
    string MessageType,
    string Run,
    string Database,
    string Dump,
    string Strategy,
    string? Former,
    double? HeldOffMilliseconds,
    int SequencesFixed,
    int? Tables,
    long? Rows,
    IReadOnlyList<Difference> Differences,
    double Seconds,
    bool Created)
{
    public static FromDumpSummary From(FromDumpResult result) => new(
        "summary",
        result.Decision.Run,
        result.Decision.Database,
        result.Decision.Dump,
        result.Decision.Strategy.ToString().ToLowerInvariant(),
        result.Decision.Former,
        result.HeldOff is { } held ? Math.Round(held.TotalMilliseconds) : null,
        result.SequencesFixed,
        result.Verification?.Tables,
        result.Verification?.Rows,
        result.Verification?.Differences ?? [],
        Math.Round(result.Took.TotalSeconds, 1),
        result.Decision.Creates is not null);
}
