using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Plans;
using CnpgRestore.Runs;
using Spectre.Console;
using static System.FormattableString;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>rename SOURCE TARGET</c>: the runbook's folder move, proven and resumable.</summary>
static class RenameCommand
{
    private const int LargestParallelism = 512;

    public static Command Create(TimeProvider clock)
    {
        var source = new Argument<string>("SOURCE") { Description = "Server folder to rename, for example postgres-v17." };
        var target = new Argument<string>("TARGET") { Description = "Its new name, for example postgres-v17-backup." };
        var remove = new Option<bool>("--remove-source", "-r")
        {
            Description = "Remove SOURCE after every object is proven in TARGET and SOURCE has not changed. Without it SOURCE stays.",
        };
        var verify = Arg.Word(
            "--verify", "full: also read both sides back. Default: evidence: by ETag or checksum, and by reading where the store keeps neither.", "evidence", "full");
        var parallel = Arg.Count("--parallel", [], "Most requests in flight; fewer when the server throttles.", S3Settings.DefaultParallelism, LargestParallelism);
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the plan and change nothing." };
        var store = new StoreOptions(withCluster: false);

        var command = new Command("rename", """
            Rename a server folder in the bucket, so that a new cluster may archive under the old name.

            Copies on the server, proves every object, and with -r removes the source. If it is killed, the same command continues.

            Exit codes: 0 done, 3 a proof failed, 10 source not found, 11 another run holds the folder, 12 access denied, 13 store
            unreachable, 15 refused and nothing changed, 20 stopped midway and resumable, 130 interrupted and resumable.

            Examples:
              # What would be copied
              cnpg-restore rename postgres-v17 postgres-v17-backup -b s3://pg -e https://s3.example.org --dry-run
              # And remove the source when all is proven
              cnpg-restore rename postgres-v17 postgres-v17-backup -b s3://pg -e https://s3.example.org -r
            """) { source, target, remove, verify, parallel, dryRun };
        store.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var request = new FolderMoveRequest(
                parse.GetRequiredValue(source), parse.GetRequiredValue(target), parse.GetValue(remove), parse.GetValue(verify) == "full", parse.GetValue(parallel));
            // Before the bucket asks for credentials.
            FolderMovePlanner.CheckNames(request);
            using var opened = store.Open(parse, clock, request.Parallelism);
            return await RunAsync(session, opened, request, request.CommandLine(store.Words(parse, opened)), parse.GetValue(dryRun), ct);
        });
        return command;
    }

    /// <param name="again">The command line that goes on.</param>
    private static async Task<int> RunAsync(CliSession session, IObjectStore store, FolderMoveRequest request, string again, bool dryRun, CancellationToken ct)
    {
        var planner = new FolderMovePlanner(store, session.Clock);
        if (dryRun)
        {
            RunOutput.ShowPlan(session, (await planner.PlanAsync(request, removalBegun: false, ct)).ToPlan(), isResult: true);
            return 0;
        }

        var state = new StateFolder(EnvironmentVariables.StateFolder);
        var subject = request.SubjectIn(store.Identity);
        // Each folder by itself: a second move from or into one of them could take for a proof what the first is about to remove.
        using var heldSource = RunLock.Take(state, $"{request.Source}/ in {store.Identity}");
        using var heldTarget = RunLock.Take(state, $"{request.Target}/ in {store.Identity}");
        var unfinished = state.FindUnfinished("rename", subject);
        var removalBegun = unfinished is { } earlier && state.HasBegun(earlier, FolderMovePlan.RemoveSourceId);
        var move = await planner.PlanAsync(request, removalBegun, ct);
        var plan = move.ToPlan();
        RunOutput.ShowPlan(session, plan, isResult: false);
        await RunOutput.ConfirmAsync(session, plan, request.Source, "folder that is removed", ct);

        var start = session.Clock.GetTimestamp();
        using var journal = unfinished is { } run ? Journal.Resume(state, run, session.Clock) : Journal.Create(state, "rename", subject, session.Clock, again);
        var result = await RunOutput.RunAsync(session, async observer =>
        {
            var carried = new Run(journal, observer);
            var moved = await new FolderMove(store, move, carried).RunAsync(ct);
            carried.Finish();
            return moved;
        });
        ShowResult(session, journal.Run, request, result, session.Clock.GetElapsedTime(start));
        return 0;
    }

    private static void ShowResult(CliSession session, RunId run, FolderMoveRequest request, FolderMoveResult result, TimeSpan took)
    {
        var seconds = Math.Round(took.TotalSeconds, 1);
        if (session.Format != OutputFormat.Text)
        {
            var provenBy = result.ByEvidence.ToDictionary(entry => FolderMove.Word(entry.Key), entry => entry.Value);
            var summary = new RenameSummary(
                "summary", run.Value, request.Source, request.Target, result.CopiedObjects, result.CopiedBytes, result.ProvenObjects, result.ProvenBytes, provenBy, result.RemovedObjects, seconds);
            DocumentOutput.Write(session, summary, CliJson.Readable.RenameSummary);
            return;
        }

        var how = string.Join(", ", result.ByEvidence.OrderByDescending(entry => entry.Key).Select(entry => Invariant($"{entry.Value} by {FolderMove.Word(entry.Key)}")));
        var verb = request.RemoveSource ? "moved to" : "copied to";
        session.Result.Line(Invariant($"{request.Source}/ {verb} {request.Target}/ in {seconds:0.0} s"));
        session.Result.Line(Invariant($"  copied    {Counted.Of(result.CopiedObjects, "object")}, {new ByteSize(result.CopiedBytes)}"));
        session.Result.Line(Invariant($"  verified  {Counted.Of(result.ProvenObjects, "object")}, {new ByteSize(result.ProvenBytes)}: {how}"));
        if (request.RemoveSource)
        {
            session.Result.Line(Invariant($"  removed   {Counted.Of(result.RemovedObjects, "object")}"));
        }
    }
}
