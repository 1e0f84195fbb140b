using CnpgRestore.Databases;
using CnpgRestore.Plans;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Postgres;

namespace CnpgRestore.Runs.FromDump;

/// <summary>
/// Takes a run back, or makes it final. Before the swap the database beside goes; after it the names are swapped back, and the restored database stays
/// aside with what was written to it since, until the run is committed.
/// </summary>
/// <param name="session">To the maintenance database.</param>
/// <param name="entries">What this machine's journal says; empty where it has none.</param>
public sealed class FromDumpUndo(IDatabaseServer server, DatabaseSession session, FromDumpDecision decision, IReadOnlyList<JournalEntry> entries)
{
    internal const string Undo = "undo";
    internal const string Commit = "commit";

    private readonly SideDatabase _side = new(session, decision);

    /// <summary>How the run is taken back as things stand. Only reads.</summary>
    /// <exception cref="RestoreException">Exit 15: the run has changed the live database itself, or is committed.</exception>
    public async Task<FromDumpEnd> PlanUndoAsync(CancellationToken ct)
    {
        if (decision.Side is not { } side)
        {
            return await PlanUndoLiveAsync(ct);
        }

        var marks = await _side.MarksAsync(ct);
        if (marks.Any(mark => mark.State == RunMark.Former))
        {
            await DemandNewestAsync(ct);
            return SwapBack(side, decision.Former!);
        }

        if (marks.Any(mark => mark.State == RunMark.Created))
        {
            await DemandNewestAsync(ct);
            return TakeAway(side);
        }

        if (marks.Any(mark => mark.State == RunMark.Undone))
        {
            return End(Undo, step: null, decision.Creates is null ? $"{decision.Database} is the former database already" : $"there is no database {decision.Database} any more");
        }

        if (HasLeftNothing(marks))
        {
            return EndHere(Undo);
        }

        if (marks.Count == 0 && HasSwapped)
        {
            throw new RestoreException(ProblemCode.Refused, decision.Creates is null ? $"run {decision.Run} is committed: the former database is gone" : $"run {decision.Run} is committed: {decision.Database} stays", null, $"cnpg-restore runs show {decision.Run}");
        }

        return await DropSideAsync(side, ct);
    }

    /// <summary>How the run is made final: what lies aside is dropped. Only reads.</summary>
    /// <exception cref="RestoreException">Exit 15: the run is not finished, or there is nothing to drop.</exception>
    public async Task<FromDumpEnd> PlanCommitAsync(CancellationToken ct)
    {
        if (decision.Creates is { } made && (await _side.MarksAsync(ct)).Any(mark => mark.State == RunMark.Created))
        {
            var keep = Step("keep", $"forget that there was no {decision.Database} before; nothing is dropped", $"the comment of {decision.Database}", "nothing to undo");
            return End(Commit, keep, $"{decision.Database} stays; run {decision.Run} is final") with
            {
                Work = async token =>
                {
                    await session.ExecuteAsync($"COMMENT ON DATABASE {QualifiedName.Quote(decision.Database)} IS {(made.Comment is { } comment ? QualifiedName.Literal(comment) : "NULL")}", token);
                    return $"{decision.Database} is a database as any other";
                },
            };
        }

        if (decision.Side is not null && HasLeftNothing(await _side.MarksAsync(ct)))
        {
            return EndHere(Commit);
        }

        var names = await AsideAsync(ct);
        var listed = string.Join(", ", names);
        var drop = Step("drop-former", $"drop {listed}", $"drops {listed}", "none: what is in it is gone") with { Destructive = true };
        return End(Commit, drop, $"{listed} is gone; run {decision.Run} is final") with { Work = token => DropAsync(names, token) };
    }

    private bool HasSwapped => entries.Any(entry => entry.Step == "swap");

    /// <summary>Another machine has committed it, or somebody has dropped what lay aside; the journal here has still to be told, or it would be in the way of every later run.</summary>
    private bool HasLeftNothing(IReadOnlyList<RunMark> marks) => marks.Count == 0 && HasSwapped && !Journal.IsFinished(entries);

    private FromDumpEnd EndHere(string command) => End(
        command, step: null, $"nothing of run {decision.Run} lies aside any more: it is ended here, too, and {decision.Database} stays as it is");

    /// <summary>Does what was planned.</summary>
    /// <returns>What there is now, as one clause.</returns>
    public static async Task<string> RunAsync(FromDumpEnd end, Run run, CancellationToken ct)
    {
        if (end.Step is { } step)
        {
            await run.StepAsync(step, (_, token) => end.Work!(token), ct);
        }

        run.Finish();
        return end.Result;
    }

    private FromDumpEnd SwapBack(string side, string former)
    {
        var step = Step(
            "swap-back",
            $"swap the names back: {former} becomes {decision.Database}",
            $"ends the sessions of {decision.Database}; names of both databases, in one transaction",
            $"{side} keeps what is live now");
        var result = $"{decision.Database} is the former database again; the restored one lies aside as {side} until cnpg-restore runs commit {decision.Run}";
        return End(Undo, step, result, $"what was written to {decision.Database} since it was restored lies aside with it, as {side}") with
        {
            Work = async token =>
            {
                var held = await new DatabaseSwap(server, session).RunAsync(decision.Database, side, former, RunMark.Undone, decision, token);
                return FormattableString.Invariant($"nobody could connect for {held.TotalMilliseconds:0} ms");
            },
        };
    }

    private FromDumpEnd TakeAway(string side)
    {
        var step = Step(
            "swap-back",
            $"rename {decision.Database}, which there was not before: it becomes {side}",
            $"ends the sessions of {decision.Database}; its name",
            $"{side} keeps what is live now");
        var result = $"there is no database {decision.Database}, as before the run; the restored one lies aside as {side} until cnpg-restore runs commit {decision.Run}";
        return End(Undo, step, result, $"what was written to {decision.Database} since it was restored lies aside with it, as {side}") with
        {
            Work = async token =>
            {
                await new DatabaseSwap(server, session).RenameAsync(decision.Database, side, isLive: false, RunMark.Undone, decision, token);
                return $"{side} lets nobody in";
            },
        };
    }

    private async Task<FromDumpEnd> DropSideAsync(string side, CancellationToken ct)
    {
        var exists = await _side.ExistsAsync(ct);
        var job = decision.IsLoadedByJob ? $"ends the Job that loads {side}, " : "";
        var changes = exists ? $"{job}drops {side}" : $"nothing: there is no {side}";
        var step = Step("drop-side", $"drop {side}", changes, "none: the dump can be loaded again") with { Destructive = exists };
        var result = $"{side} is gone; {(decision.Creates is null ? $"{decision.Database} was not changed" : $"there is no database {decision.Database}, as before")}";
        return End(Undo, step, result, decision.Creates is null ? $"{decision.Database} was not changed, and stays as it is" : $"there is no {decision.Database} yet") with
        {
            Work = token => DropAsync([side], token),
        };
    }

    /// <summary>What lies aside of a later run is what was live after this one: it comes back first.</summary>
    private async Task DemandNewestAsync(CancellationToken ct)
    {
        var later = (await RunMark.ReadAsync(session, ct))
            .Where(mark => mark.State == RunMark.Former)
            .Select(mark => FromDumpDecision.TryParse(mark.Decision))
            .FirstOrDefault(other => other?.Database == decision.Database && string.CompareOrdinal(other.Run, decision.Run) > 0);
        if (later is not null)
        {
            throw new RestoreException(
                ProblemCode.Refused, $"{decision.Database} was restored again by run {later.Run}", "undone out of turn, that one would take this one's place", $"cnpg-restore runs undo {later.Run}");
        }
    }

    private async Task<string[]> AsideAsync(CancellationToken ct)
    {
        var marks = decision.Side is null ? [] : await _side.MarksAsync(ct);
        if (marks.FirstOrDefault(mark => mark.State is RunMark.Loading or RunMark.Loaded) is { } unfinished)
        {
            throw new RestoreException(
                ProblemCode.Refused, $"run {decision.Run} is not finished: {unfinished.Database} is not swapped in yet", null, $"{decision.ResumeCommand}, or runs undo");
        }

        return marks.Count > 0
            ? [.. marks.Select(mark => mark.Database)]
            : throw new RestoreException(ProblemCode.Refused, $"nothing of run {decision.Run} lies aside", "it was committed or undone, or it loaded into the database itself", $"cnpg-restore runs show {decision.Run}");
    }

    private async Task<FromDumpEnd> PlanUndoLiveAsync(CancellationToken ct)
    {
        var transaction = entries.LastOrDefault(entry => entry.Type == JournalEntry.TransactionBegun)?.Text;
        var status = transaction is null ? "aborted" : (await session.ReadAsync("SELECT pg_xact_status($1::text::xid8)", row => row.IsDBNull(0) ? "unknown" : row.GetString(0), ct, transaction))[0];
        return status == "aborted"
            ? End(Undo, step: null, $"{decision.Database} was not changed")
            : throw new RestoreException(
                ProblemCode.Refused,
                $"run {decision.Run} loaded into {decision.Database} itself: there is no way back",
                $"its transaction {transaction} is {status}",
                "what was dropped comes back from an older dump or from a backup: cnpg-restore from-backup CLUSTER");
    }

    private async Task<string> DropAsync(string[] names, CancellationToken ct)
    {
        if (server is ClusterServer cluster && decision.IsLoadedByJob)
        {
            await cluster.EndLoadAsync(decision.Run, ct);
        }

        foreach (var name in names)
        {
            await _side.DropAsync(name, ct);
        }

        return $"{string.Join(", ", names)} dropped";
    }

    private FromDumpEnd End(string command, PlanStep? step, string result, params string[] notes) => new(decision, command, server.Address, step, result, notes);

    private PlanStep Step(string id, string title, string changes, string undo) => new(id, title, $"database {decision.Database} on {server.Address}", changes, undo);
}
