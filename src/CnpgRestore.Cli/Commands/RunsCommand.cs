using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Runs;
using CnpgRestore.Runs.Clusters;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>runs list | show | resume | undo | commit</c>: what was begun, on this machine or in the cluster, and what may be done with it.</summary>
static class RunsCommand
{
    public static Command Create(TimeProvider clock) =>
        new("runs", "Runs that were begun: list them, look at one, go on with it, or take it back.") { List(clock), Show(clock), Resume(clock), Undo(clock), Commit(clock) };

    private static Command List(TimeProvider clock)
    {
        var command = new Command("list", "The journals of this machine, newest first.");
        command.SetAction(parse =>
        {
            RunsOutput.List(new CliSession(parse, clock), new StateFolder(EnvironmentVariables.StateFolder));
            return 0;
        });
        return command;
    }

    private static Command Show(TimeProvider clock)
    {
        var run = RunArgument();
        var command = new Command("show", "The journal of one run, line by line.") { run };
        command.SetAction(parse =>
        {
            RunsOutput.Show(new CliSession(parse, clock), new StateFolder(EnvironmentVariables.StateFolder), new RunId(parse.GetRequiredValue(run)));
            return 0;
        });
        return command;
    }

    private static Command Resume(TimeProvider clock)
    {
        var report = Arg.Report();
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the plan and change nothing." };
        var timeout = FromBackupCarrier.TimeoutOption();
        return Recorded(
            "resume",
            "Go on with an unfinished run, from the machine that began it or another: what it needs is in the cluster.",
            clock,
            (carrier, recorded, parse, ct) => carrier.ContinueAsync(recorded, parse.GetValue(dryRun), parse.GetValue(timeout)?.Value, parse.GetValue(report), ct),
            (carrier, decision, parse, ct) => carrier.ResumeAsync(decision, parse.GetValue(dryRun), ct),
            (carrier, recorded, parse, ct) => carrier.ContinueAsync(recorded, parse.GetValue(dryRun), ct),
            report,
            dryRun,
            timeout);
    }

    private static Command Undo(TimeProvider clock) => Recorded(
        "undo",
        "Put everything back as it was before the run. Refused once the run has deleted a Cluster that it found, or loaded into a live database.",
        clock,
        (carrier, recorded, _, ct) => carrier.UndoAsync(recorded, ct),
        (carrier, decision, _, ct) => carrier.UndoAsync(decision, ct),
        (carrier, recorded, _, ct) => carrier.UndoAsync(recorded, ct));

    private static Command Commit(TimeProvider clock)
    {
        var run = RunArgument();
        var server = new ServerOptions(required: false);
        var kubernetes = new KubernetesOptions();
        var command = new Command("commit", "Make a restore from a dump final: the database that lies aside is dropped.") { run };
        server.AddTo(command);
        kubernetes.AddTo(command);
        command.SetAction((parse, ct) => FromDumpAsync(new CliSession(parse, clock), server, kubernetes, parse, parse.GetRequiredValue(run), (carrier, decision) => carrier.CommitAsync(decision, ct), ct));
        return command;
    }

    /// <summary>Finds out what a run of from-dump has decided: from the journal here, else from the server itself.</summary>
    private static async Task<int> FromDumpAsync(
        CliSession session, ServerOptions options, KubernetesOptions kubernetes, ParseResult parse, string run, Func<FromDumpCarrier, FromDumpDecision, Task<int>> act, CancellationToken ct)
    {
        if (IsFresh(run))
        {
            throw new RestoreException(ProblemCode.Usage, $"run {run} has made a Cluster new: nothing lies aside that could be dropped", null, "cnpg-restore runs list");
        }

        var state = new StateFolder(EnvironmentVariables.StateFolder);
        var decision = FromDumpCarrier.FindDecision(state, run);
        if (decision is null && File.Exists(state.JournalOf(new RunId(run))))
        {
            throw new RestoreException(
                ProblemCode.NotFound, $"run {run} ended before it had decided anything", "nothing was changed", "run the same from-dump command again; it begins anew");
        }

        var to = options.Address(parse, session) ?? decision?.To ?? throw new RestoreException(
            ProblemCode.NotFound,
            $"no run {run} from a dump on this machine",
            "a run that another machine began is found on the server: add --to postgres://..., or --to cnpg://NAMESPACE/CLUSTER",
            "cnpg-restore runs list");
        await using var opened = await FromDumpServer.OpenAsync(to, session, parse, kubernetes, ct);
        decision ??= await FromDumpPlanner.FindDecisionAsync(opened.Server, run, ct);
        return await act(new FromDumpCarrier(session, opened.Server, opened.Apps, opened.Api), decision);
    }

    private static Command Recorded(
        string name,
        string description,
        TimeProvider clock,
        Func<FromBackupCarrier, RecordedRun, ParseResult, CancellationToken, Task<int>> act,
        Func<FromDumpCarrier, FromDumpDecision, ParseResult, CancellationToken, Task<int>> actOnDump,
        Func<FreshCarrier, RecordedRun, ParseResult, CancellationToken, Task<int>> actOnFresh,
        params Option[] options)
    {
        var run = RunArgument();
        var kubernetes = new KubernetesOptions();
        var store = new StoreOptions();
        var server = new ServerOptions(required: false);
        var command = new Command(name, description) { run };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        kubernetes.AddTo(command);
        store.AddTo(command);
        server.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            if (IsFresh(parse.GetRequiredValue(run)))
            {
                using var connected = kubernetes.Connect(parse, clock);
                var fresh = await FindAsync(connected, parse.GetRequiredValue(run), ct);
                return await actOnFresh(new FreshCarrier(new CliSession(parse, clock), connected, store, parse), fresh, parse, ct);
            }

            if (parse.GetRequiredValue(run).Contains($"-{FromDumpCarrier.Verb}-", StringComparison.Ordinal))
            {
                return await FromDumpAsync(
                    new CliSession(parse, clock), server, kubernetes, parse, parse.GetRequiredValue(run), (carrier, decision) => actOnDump(carrier, decision, parse, ct), ct);
            }

            using var api = kubernetes.Connect(parse, clock);
            var recorded = await FindAsync(api, parse.GetRequiredValue(run), ct);
            return await act(new FromBackupCarrier(new CliSession(parse, clock), api, store, parse), recorded, parse, ct);
        });
        return command;
    }

    private static async Task<RecordedRun> FindAsync(KubernetesApi api, string run, CancellationToken ct)
    {
        var state = new StateFolder(EnvironmentVariables.StateFolder);
        if (run.Contains("-rename-", StringComparison.Ordinal))
        {
            var subject = File.Exists(state.JournalOf(new RunId(run))) ? Journal.Read(state.JournalOf(new RunId(run)))[0].Subject : null;
            throw new RestoreException(
                ProblemCode.Usage,
                $"run {run} is a rename",
                subject,
                "run the same rename again to go on; rename the folders the other way round to take it back");
        }

        if (run.Contains("-prune-", StringComparison.Ordinal))
        {
            throw new RestoreException(ProblemCode.Usage, $"run {run} removes a folder", "what it needs is in the bucket", "run the same prune again to go on; what is removed is gone");
        }

        if (run.Contains("-apps-", StringComparison.Ordinal))
        {
            throw new RestoreException(
                ProblemCode.Usage,
                $"run {run} has stopped or started applications",
                "what it needs is written on them, not in a record of its own",
                $"the same command goes on; what is stopped comes back with 'cnpg-restore apps start CLUSTER -n {api.Namespace}'");
        }

        return await new RunRecord(api).FindRunAsync(api.Namespace, run, ct) ?? throw new RestoreException(
            ProblemCode.NotFound,
            $"no unfinished run {run} in namespace {api.Namespace}",
            "a run that has ended leaves nothing in the cluster",
            "cnpg-restore runs list");
    }

    private static bool IsFresh(string run) => run.Contains($"-{FreshCarrier.Verb}-", StringComparison.Ordinal);

    private static Argument<string> RunArgument() => new("RUN") { Description = "Its name, as runs list shows it." };
}
