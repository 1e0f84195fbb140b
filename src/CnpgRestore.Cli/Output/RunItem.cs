using CnpgRestore.Plans.Clusters;
using CnpgRestore.Runs;

namespace CnpgRestore.Cli.Output;

/// <param name="State"><c>finished</c>, <c>stopped</c> (an error ended it), <c>unfinished</c> (killed, or still running) or <c>damaged</c> (its journal cannot be read).</param>
/// <param name="Step">The step that it came to; absent where only the cluster knows the run.</param>
/// <param name="Last">When its journal was last written; absent where only the cluster knows the run.</param>
/// <param name="KnownFrom"><c>here</c>, <c>cluster</c> or <c>both</c>.</param>
sealed record RunItem(
    string Run, string Command, string Subject, string State, string? Step, string? Text, DateTimeOffset Started, DateTimeOffset? Last, string KnownFrom = RunItem.Here)
{
    public const string Both = "both";

    private const string Here = "here";
    private const string Cluster = "cluster";
    private const string Unfinished = "unfinished";

    /// <summary>As this machine's journal has it; null where that has no line yet.</summary>
    public static RunItem? Of(RunId run, IReadOnlyList<JournalEntry> entries)
    {
        if (entries is not [var first, ..])
        {
            return null;
        }

        var last = entries[^1];
        var state = last.Type switch
        {
            JournalEntry.RunFinished => "finished",
            JournalEntry.RunStopped => "stopped",
            _ => Unfinished,
        };
        var step = entries.LastOrDefault(entry => entry.Step is not null);
        return new RunItem(run.Value, first.Command ?? "", first.Subject ?? "", state, step?.Step, last.Text, first.Time, last.Time);
    }

    /// <summary>Its journal cannot be read: <c>runs show</c> says why.</summary>
    public static RunItem Damaged(RunId run, string why) => new(run.Value, "", "", "damaged", Step: null, why, run.Time ?? default, Last: null);

    /// <summary>As the cluster's record has it, which goes when the run ends.</summary>
    public static RunItem Of(RunId run, ClusterDecision decision) => new(
        run.Value, run.Command, $"{decision.Namespace}/{decision.Cluster}", Unfinished, Step: null, $"begun on {decision.Host}", run.Time ?? default, Last: null, Cluster);
}

/// <summary>What <c>runs list</c> prints.</summary>
sealed record RunsDocument(IReadOnlyList<RunItem> Runs);
