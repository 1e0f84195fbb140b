using CnpgRestore.Plans.Advice;

namespace CnpgRestore.Cli.Output;

/// <summary>What the folder of dumps said.</summary>
/// <param name="Chosen">The dump that would be loaded; absent where there is none.</param>
/// <param name="Proven">It was read to its last line.</param>
/// <param name="TextBytes">Of SQL; absent for an archive of pg_dump.</param>
/// <param name="TextBytesPerSecond">At which it is read from here.</param>
sealed record AdviceDumpsItem(
    string? NotAsked,
    ProblemItem? Problem,
    string? Path,
    string? Database,
    int Count,
    string? Chosen,
    DateTimeOffset? Time,
    long? SizeBytes,
    bool Proven,
    string? ServerVersion,
    long? TextBytes,
    long? TextBytesPerSecond,
    IReadOnlyList<SkippedDump> Skipped)
{
    public static AdviceDumpsItem From(DumpSight seen) => new(
        seen.NotAsked,
        ProblemItem.From(seen.Problem),
        seen.Path,
        seen.Database,
        seen.Count,
        seen.Chosen?.Names[0],
        seen.Chosen?.Time,
        seen.Chosen?.File.Size.Bytes,
        seen.IsProven,
        seen.Inspection?.ServerVersion,
        seen.Text?.Bytes,
        seen.Rate is { } rate ? (long)rate.TextPerSecond : null,
        seen.Skipped);
}
