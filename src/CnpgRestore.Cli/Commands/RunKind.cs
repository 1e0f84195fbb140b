using CnpgRestore.Plans.Apps;
using CnpgRestore.Runs;

namespace CnpgRestore.Cli.Commands;

/// <summary>What a run is, by its name and its journal here: what cannot be done with it is said before anything is connected to.</summary>
static class RunKind
{
    private const string Shape = "a run is called like 20261122t140000z-from-dump-4f2a";

    /// <exception cref="RestoreException">Exit 2: no run is called so.</exception>
    public static RunId Read(string name) => RunId.TryParse(name) ?? throw new RestoreException(
        ProblemCode.Usage, $"'{name}' is not the name of a run", Shape, "cnpg-restore runs list");

    public static bool IsFresh(RunId run) => run.Command == FreshCarrier.Verb;

    public static bool IsFromDump(RunId run) => run.Command == FromDumpCarrier.Verb;

    /// <exception cref="RestoreException">Exit 2: the run goes on, and back, by other commands.</exception>
    public static void DemandRecorded(RunId run, StateFolder state)
    {
        var subject = SubjectOf(run, state);
        if (run.Command == "rename")
        {
            var entries = state.Read(run);
            var again = Journal.IsFinished(entries) ? "it is finished" : $"it continues with: {(entries is [{ Text: { } text }, ..] ? text : "the same rename again")}";
            throw new RestoreException(ProblemCode.Usage, $"run {run} is a rename", subject, $"{again}; rename the folders the other way round to take it back");
        }

        if (run.Command == "prune")
        {
            throw new RestoreException(
                ProblemCode.Usage, $"run {run} removes a folder", subject ?? "what it needs is in the bucket", "run the same prune again to continue; what is removed is gone");
        }

        if (run.Command is AppsStopPlan.Verb or AppsStartPlan.Verb)
        {
            var cluster = subject?.Split('/') is [var ns, var name] ? $"{name} -n {ns}" : "CLUSTER -n NAMESPACE";
            throw new RestoreException(
                ProblemCode.Usage,
                $"run {run} has stopped or started applications",
                "what it needs is written on them, not in a record of its own",
                $"the same command continues; what is stopped comes back with 'cnpg-restore apps start {cluster}'");
        }
    }

    /// <exception cref="RestoreException">Exit 2: only what a run of from-dump has left aside can be dropped.</exception>
    public static void DemandCommittable(RunId run, StateFolder state)
    {
        if (IsFresh(run))
        {
            throw new RestoreException(ProblemCode.Usage, $"run {run} has made a Cluster new: nothing lies aside that could be dropped", SubjectOf(run, state), "cnpg-restore runs list");
        }

        if (!IsFromDump(run))
        {
            throw new RestoreException(ProblemCode.Usage, $"run {run} is a run of {Words(run)}: only a run of from-dump can be committed", SubjectOf(run, state), "cnpg-restore runs list");
        }
    }

    private static string Words(RunId run) => run.Command switch
    {
        AppsStopPlan.Verb => "apps stop",
        AppsStartPlan.Verb => "apps start",
        var command => command,
    };

    private static string? SubjectOf(RunId run, StateFolder state) => state.Read(run) is [var first, ..] ? first.Subject : null;
}
