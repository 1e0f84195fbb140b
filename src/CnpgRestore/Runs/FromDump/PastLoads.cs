using CnpgRestore.Plans.Advice;
using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.Runs.FromDump;

/// <summary>What the journals of this machine tell of loads that came to their end.</summary>
public static class PastLoads
{
    private const string LoadStep = "load";

    // Older ones are of another server, or of another decade of it.
    private const int JournalsRead = 50;

    /// <summary>Newest first. Of a dump that holds several databases nobody knows which part was loaded: those are left out, as are journals that are damaged.</summary>
    /// <param name="state">As a path: nothing is made where nothing is.</param>
    public static IReadOnlyList<PastLoad> Read(string state)
    {
        var folder = Path.Combine(state, "runs");
        try
        {
            return Directory.Exists(folder)
                ? [.. Directory.GetFiles(folder, "*-from-dump-*.jsonl").OrderDescending(StringComparer.Ordinal).Take(JournalsRead).Select(Of).OfType<PastLoad>()]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static PastLoad? Of(string path)
    {
        try
        {
            var entries = Journal.Read(path);
            return entries.Where(entry => entry.Type == JournalEntry.Decided).Select(entry => FromDumpDecision.TryParse(entry.Text ?? "")).LastOrDefault() is { Section: null } decision
                ? Longest(entries, decision) : null;
        }
        catch (RestoreException)
        {
            return null;
        }
    }

    /// <summary>A run that went on found the load done already, in no time; the one that did it took the longest.</summary>
    private static PastLoad? Longest(IReadOnlyList<JournalEntry> entries, FromDumpDecision decision)
    {
        PastLoad? longest = null;
        DateTimeOffset? begun = null;
        foreach (var entry in entries.Where(entry => entry.Step == LoadStep))
        {
            if (entry.Type == JournalEntry.StepFinished && begun is { } begin && entry.Time - begin is var took && (longest is null || took > longest.Took))
            {
                longest = new PastLoad(entry.Time, decision.Dump, new ByteSize(decision.DumpSize), took);
            }

            begun = entry.Type == JournalEntry.StepStarted ? entry.Time : null;
        }

        return longest;
    }
}
