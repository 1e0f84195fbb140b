using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.Kubernetes;
using CnpgRestore.Runs;
using CnpgRestore.Runs.FromBackup;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>runs list | show | resume | undo</c>: what was begun, on this machine or in the cluster, and what may be done with it.</summary>
static class RunsCommand
{
    public static Command Create(TimeProvider clock) =>
        new("runs", "Runs that were begun: list them, look at one, go on with it, or take it back.") { List(clock), Show(clock), Resume(clock), Undo(clock) };

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
        var report = new Option<string?>("--report") { Description = "Write the evidence as one self-contained HTML page.", HelpName = "FILE.html" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the plan and change nothing." };
        var timeout = FromBackupCarrier.TimeoutOption();
        return Recorded(
            "resume",
            "Go on with an unfinished run, from the machine that began it or another: what it needs is in the cluster.",
            clock,
            (carrier, recorded, parse, ct) => carrier.ContinueAsync(recorded, parse.GetValue(dryRun), parse.GetValue(timeout)?.Value, parse.GetValue(report), ct),
            report,
            dryRun,
            timeout);
    }

    private static Command Undo(TimeProvider clock) => Recorded(
        "undo",
        "Put everything back as it was before the run. Refused once the run has deleted a Cluster that it found.",
        clock,
        (carrier, recorded, _, ct) => carrier.UndoAsync(recorded, ct));

    private static Command Recorded(
        string name, string description, TimeProvider clock, Func<FromBackupCarrier, RecordedRun, ParseResult, CancellationToken, Task<int>> act, params Option[] options)
    {
        var run = RunArgument();
        var kubernetes = new KubernetesOptions();
        var store = new StoreOptions();
        var command = new Command(name, description) { run };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        kubernetes.AddTo(command);
        store.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
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

    private static Argument<string> RunArgument() => new("RUN") { Description = "Its name, as runs list shows it." };
}
