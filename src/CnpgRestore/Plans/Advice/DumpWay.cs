using CnpgRestore.Dumps.Inspection;
using static System.FormattableString;

namespace CnpgRestore.Plans.Advice;

/// <summary>Judges the way from a dump.</summary>
static class DumpWay
{
    private const int MostSkipped = 3;

    public static WayAdvice Judge(AdviceView view)
    {
        var dumps = view.Dumps;
        var (possible, why) = dumps switch
        {
            { NotAsked: { } reason } => ((bool?)null, $"not looked at: {reason}"),
            { Chosen: { } dump, Inspection: { } read } => (true, $"{dump.Names[0]} ({dump.File.Size}): {read.Reason}"),
            { Chosen: { } dump } => (true, $"{dump.Names[0]} ({dump.File.Size}) begins well and was not read to its end in time"),
            { Problem: { } problem } => (false, problem.Message),
            { Skipped: [var skipped, ..] } => (false, Invariant($"none of {dumps.Count} dumps in {dumps.Path} can be taken; {skipped.Name}: {skipped.Reason}")),
            _ => (false, "nothing was found"),
        };
        return new WayAdvice(Way.Dump, possible, why)
        {
            Problem = dumps.Chosen is null ? dumps.Problem : null,
            Loss = dumps.Chosen is { } chosen ? Loss.Of(chosen.Time, view.Wanted) : null,
            Estimate = Estimate.OfDump(dumps),
            Warnings = possible == true ? [.. Warnings(view)] : [],
            Commands = DumpCommands.Of(view),
        };
    }

    private static IEnumerable<string> Warnings(AdviceView view)
    {
        var dumps = view.Dumps;
        if (dumps.Inspection is null or { State: DumpState.HeadOnly })
        {
            yield return "the dump is not proven whole; from-dump reads it to its end before it changes anything";
        }

        foreach (var skipped in dumps.Skipped.Where(skipped => !skipped.IsLater).Take(MostSkipped))
        {
            yield return $"{skipped.Name} is passed over: {skipped.Reason}";
        }

        if (dumps.Chosen?.Oddity is { } oddity)
        {
            yield return $"{dumps.Chosen.Names[0]} is suspicious: {oddity}";
        }

        if (view.Kubernetes is { Answers: true, IsUp: false } && view.Kubernetes.Owners is [var owner, ..])
        {
            yield return $"{owner} applies the Cluster from Git: suspend it before the Cluster is deleted, and commit the manifest before it is resumed";
        }
    }
}
