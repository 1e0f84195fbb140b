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
        new("runs", "Runs that were begun: list them, look at one, resume, undo or commit it.") { List(clock), Show(clock), Resume(clock), Undo(clock), Commit(clock) };

    private static StateFolder State => StateFolder.ToRead(EnvironmentVariables.StateFolder);

    private static Command List(TimeProvider clock)
    {
        var kubernetes = new KubernetesOptions("Also ask this namespace. Without -n, --context or --kubeconfig: this machine only.");
        var command = new Command("list", """
            The runs whose journals are on this machine, newest first; with -n also the unfinished ones that a namespace has a record of.

            The record is a ConfigMap that from-backup, and from-dump with a new Cluster, keep until they end. Changes nothing.

            Exit codes: 0 listed, 12 access denied, 13 API unreachable.

            Examples:
              # On this machine
              cnpg-restore runs list
              # And those that another machine has begun
              cnpg-restore runs list -n db
            """);
        kubernetes.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            if (!kubernetes.IsGiven(parse))
            {
                RunsOutput.List(session, RunList.Here(State), ns: null);
                return 0;
            }

            using var api = kubernetes.Connect(parse, clock);
            RunsOutput.List(session, await RunList.HereAndInAsync(State, api, ct), api.Namespace);
            return 0;
        });
        return command;
    }

    private static Command Show(TimeProvider clock)
    {
        var run = RunArgument();
        var command = new Command("show", """
            The journal of one run, line by line.

            Examples:
              # By the name that runs list shows
              cnpg-restore runs show 20260301t100000z-from-dump-4f2a
            """) { run };
        command.SetAction(parse =>
        {
            RunsOutput.Show(new CliSession(parse, clock), State, new RunId(parse.GetRequiredValue(run)));
            return 0;
        });
        return command;
    }

    private static Command Resume(TimeProvider clock)
    {
        var report = Arg.Report();
        var dryRun = DryRun();
        var timeout = FromBackupCarrier.TimeoutOption();
        return Recorded(
            "resume",
            """
            Continue an unfinished run, from the machine that began it or another: its state is in the cluster.

            The command that began the run continues it as well. The exit codes are those of that command.

            Examples:
              # What is left to do
              cnpg-restore runs resume 20260301t100000z-from-backup-4f2a -n db --dry-run
            """,
            clock,
            (carrier, recorded, parse, ct) => carrier.ContinueAsync(recorded, [], parse.GetValue(dryRun), parse.GetValue(timeout)?.Value, parse.GetValue(report), ct),
            (carrier, decision, parse, ct) => carrier.ResumeAsync(decision, parse.GetValue(dryRun), ct),
            (carrier, recorded, parse, ct) => carrier.ContinueAsync(recorded, parse.GetValue(dryRun), ct),
            report,
            dryRun,
            timeout);
    }

    private static Command Undo(TimeProvider clock)
    {
        var dryRun = DryRun();
        return Recorded(
            "undo",
            """
            Put everything back as it was before the run. Refused once the run has deleted a Cluster that it found, or loaded into a live database.

            Examples:
              # What would be put back
              cnpg-restore runs undo 20260301t100000z-from-backup-4f2a -n db --dry-run
              # A restore from a dump on a server
              cnpg-restore runs undo 20260301t100000z-from-dump-4f2a --to postgres://postgres@db.example.org/app
            """,
            clock,
            (carrier, recorded, parse, ct) => carrier.UndoAsync(recorded, parse.GetValue(dryRun), ct),
            (carrier, decision, parse, ct) => carrier.UndoAsync(decision, parse.GetValue(dryRun), ct),
            (carrier, recorded, parse, ct) => carrier.UndoAsync(recorded, parse.GetValue(dryRun), ct),
            dryRun);
    }

    private static Command Commit(TimeProvider clock)
    {
        var run = RunArgument();
        var dryRun = DryRun();
        var server = new ServerOptions(required: false);
        var kubernetes = new KubernetesOptions();
        var command = new Command("commit", """
            Make a restore from a dump final: the database that lies aside is dropped.

            Examples:
              # Which database would be dropped
              cnpg-restore runs commit 20260301t100000z-from-dump-4f2a --dry-run
              # Begun on another machine: the server knows the run
              cnpg-restore runs commit 20260301t100000z-from-dump-4f2a --to cnpg://db/postgres-v17
            """) { run, dryRun };
        server.AddTo(command);
        kubernetes.AddTo(command);
        command.SetAction((parse, ct) =>
        {
            var name = RunKind.Read(parse.GetRequiredValue(run));
            RunKind.DemandCommittable(name, State);
            return FromDumpAsync(new CliSession(parse, clock), server, kubernetes, parse, name, (carrier, decision) => carrier.CommitAsync(decision, parse.GetValue(dryRun), ct), ct);
        });
        return command;
    }

    /// <summary>Finds out what a run of from-dump has decided: from the journal here, else from the server itself.</summary>
    private static async Task<int> FromDumpAsync(
        CliSession session, ServerOptions options, KubernetesOptions kubernetes, ParseResult parse, RunId run, Func<FromDumpCarrier, FromDumpDecision, Task<int>> act, CancellationToken ct)
    {
        var decision = FromDumpCarrier.FindDecision(State, run);
        if (decision is null && File.Exists(State.JournalOf(run)))
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
        decision ??= await FromDumpPlanner.FindDecisionAsync(opened.Server, run.Value, ct);
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
        var argument = RunArgument();
        var kubernetes = new KubernetesOptions();
        var store = new StoreOptions();
        var server = new ServerOptions(required: false);
        var command = new Command(name, description) { argument };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        kubernetes.AddTo(command);
        store.AddTo(command);
        server.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var run = RunKind.Read(parse.GetRequiredValue(argument));
            RunKind.DemandRecorded(run, State);
            if (RunKind.IsFromDump(run))
            {
                return await FromDumpAsync(session, server, kubernetes, parse, run, (carrier, decision) => actOnDump(carrier, decision, parse, ct), ct);
            }

            using var api = kubernetes.Connect(parse, clock);
            var recorded = await FindAsync(api, run, ct);
            return RunKind.IsFresh(run)
                ? await actOnFresh(new FreshCarrier(session, api, store, parse), recorded, parse, ct)
                : await act(new FromBackupCarrier(session, api, store, parse), recorded, parse, ct);
        });
        return command;
    }

    private static async Task<RecordedRun> FindAsync(KubernetesApi api, RunId run, CancellationToken ct) =>
        await new RunRecord(api).FindRunAsync(api.Namespace, run.Value, ct) ?? throw new RestoreException(
            ProblemCode.NotFound,
            $"no unfinished run {run} in namespace {api.Namespace}",
            "a run that has ended leaves nothing in the cluster",
            $"cnpg-restore runs list -n {api.Namespace}");

    private static Argument<string> RunArgument()
    {
        var run = new Argument<string>("RUN") { Description = "Its name, as runs list shows it.", HelpName = "RUN" };
        run.CompletionSources.Add(_ => State.List().Select(known => new System.CommandLine.Completions.CompletionItem(known.Value)));
        return run;
    }

    private static Option<bool> DryRun() => new("--dry-run") { Description = "Print the plan and change nothing." };
}
