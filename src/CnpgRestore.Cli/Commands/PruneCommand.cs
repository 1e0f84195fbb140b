using System.CommandLine;
using CnpgRestore.Cli.Output;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Prune;
using CnpgRestore.Runs;
using CnpgRestore.Runs.Prune;
using static System.FormattableString;

namespace CnpgRestore.Cli.Commands;

/// <summary><c>prune SERVER</c>: removes a server folder that another one has replaced, and that nobody would ever remove.</summary>
static class PruneCommand
{
    public static Command Create(TimeProvider clock)
    {
        var server = new Argument<string>("SERVER") { Description = "Server folder to remove, for example postgres-v17-backup." };
        var replacedBy = new Option<string?>("--replaced-by")
        {
            Description = "Server folder that replaces it: it must hold a newer usable base backup. Default: where the Cluster archives to.",
            HelpName = "SERVER",
        };
        var newSystem = new Option<bool>("--new-system") { Description = "The replacement was made by initdb and a dump: another system identifier is right." };
        var idle = Arg.Length("--idle-for", "Refuse while the youngest object is younger than this: somebody may archive there. Default: 10m.", "10m");
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the plan and change nothing." };
        var place = new BackupFolderOptions(isNamed: false);
        var command = new Command("prune", """
            Remove an old server folder, with all its backups and WAL, that a recovery left behind.

            Refused while somebody archives there, while a Cluster or manifest names it, and unless the folder that replaces it holds a
            newer usable base backup. There is no way back. If it is killed, the same command continues.

            Exit codes: 0 done, 10 no such folder, 11 another run holds the folder, 12 access denied, 13 store unreachable, 15 refused and
            nothing changed, 20 stopped midway and resumable, 130 interrupted and resumable.

            Examples:
              # What would be removed
              cnpg-restore prune postgres-v17-backup --cluster postgres-v17 -n db --dry-run
            """) { server, replacedBy, newSystem, idle, dryRun };
        place.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var session = new CliSession(parse, clock);
            var (store, archive) = await place.OpenAsync(parse, session, ct);
            using (store)
            using (var api = place.Connect(parse, session))
            {
                var request = new PruneRequest(
                    parse.GetRequiredValue(server), parse.GetValue(replacedBy) ?? archive, parse.GetValue(newSystem), parse.GetValue(idle)?.Value ?? PruneRequest.DefaultIdle);
                var planner = new PrunePlanner(store, clock) { Api = api, Manifests = place.Manifests(parse) };
                return await RunAsync(session, store, planner, request, parse.GetValue(dryRun), ct);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, IObjectStore store, PrunePlanner planner, PruneRequest request, bool dryRun, CancellationToken ct)
    {
        if (dryRun)
        {
            RunOutput.ShowPlan(session, (await planner.PlanAsync(request, removalBegun: false, ct)).ToPlan(), isResult: true);
            return 0;
        }

        var state = new StateFolder(EnvironmentVariables.StateFolder);
        var subject = request.SubjectIn(store.Identity);
        // The locks of rename: neither this folder nor the one that replaces it may be moved meanwhile.
        using var held = RunLock.Take(state, subject);
        using var heldReplacement = request.ReplacedBy is { } other && other != request.Server ? RunLock.Take(state, $"{other}/ in {store.Identity}") : null;
        var unfinished = state.FindUnfinished("prune", subject);
        var removalBegun = unfinished is { } earlier && state.HasBegun(earlier, PrunePlan.RemoveBackupInfoId);
        var prune = await planner.PlanAsync(request, removalBegun, ct);
        var plan = prune.ToPlan();
        RunOutput.ShowPlan(session, plan, isResult: false);
        await RunOutput.ConfirmAsync(session, plan, request.Server, "folder that is removed", ct);

        var start = session.Clock.GetTimestamp();
        using var journal = unfinished is { } run ? Journal.Resume(state, run, session.Clock) : Journal.Create(state, "prune", subject, session.Clock);
        var removed = await RunOutput.RunAsync(session, async observer =>
        {
            var carried = new Run(journal, observer);
            var count = await new FolderPrune(store, prune, carried).RunAsync(ct);
            carried.Finish();
            return count;
        });
        var seconds = Math.Round(session.Clock.GetElapsedTime(start).TotalSeconds, 1);
        if (session.Format != OutputFormat.Text)
        {
            var summary = new PruneSummary("summary", journal.Run.Value, request.Server, prune.Replacement, removed, prune.Bytes.Bytes, seconds);
            DocumentOutput.Write(session, summary, CliJson.Readable.PruneSummary);
            return 0;
        }

        session.Result.Line(Invariant($"{request.Server}/ removed in {seconds:0.0} s: {Counted.Of(removed, "object")}, {prune.Bytes}"));
        return 0;
    }
}
