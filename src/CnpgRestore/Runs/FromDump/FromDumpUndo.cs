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
public sealed class FromDumpUndo(IDatabaseServer server, DatabaseSession session, FromDumpDecision decision, Journal journal, Run run)
{
    private readonly SideDatabase _side = new(session, decision);

    /// <returns>What there is now, as one clause.</returns>
    /// <exception cref="RestoreException">Exit 15: the run has changed the live database itself, or is committed.</exception>
    public async Task<string> UndoAsync(CancellationToken ct)
    {
        if (decision.Side is null)
        {
            return await UndoLiveAsync(ct);
        }

        var marks = await _side.MarksAsync(ct);
        if (marks.Any(mark => mark.State == RunMark.Former))
        {
            await DemandNewestAsync(ct);
            var held = TimeSpan.Zero;
            await run.StepAsync(
                Step("swap-back", $"swap the names back: {decision.Former} becomes {decision.Database}"),
                async (_, token) =>
                {
                    held = await new DatabaseSwap(server, session).RunAsync(decision.Database, decision.Side, decision.Former!, RunMark.Undone, decision, token);
                    return FormattableString.Invariant($"nobody could connect for {held.TotalMilliseconds:0} ms");
                },
                ct);
            run.Finish();
            return $"{decision.Database} is the former database again; the restored one lies aside as {decision.Side} until cnpg-restore runs commit {decision.Run}";
        }

        if (marks.Any(mark => mark.State == RunMark.Created))
        {
            await DemandNewestAsync(ct);
            await run.StepAsync(
                Step("swap-back", $"rename {decision.Database}, which there was not before: it becomes {decision.Side}"),
                async (_, token) =>
                {
                    await new DatabaseSwap(server, session).RenameAsync(decision.Database, decision.Side, isLive: false, RunMark.Undone, decision, token);
                    return $"{decision.Side} lets nobody in";
                },
                ct);
            run.Finish();
            return $"there is no database {decision.Database}, as before the run; the restored one lies aside as {decision.Side} until cnpg-restore runs commit {decision.Run}";
        }

        if (marks.Any(mark => mark.State == RunMark.Undone))
        {
            run.Finish();
            return decision.Creates is null ? $"{decision.Database} is the former database already" : $"there is no database {decision.Database} any more";
        }

        if (marks.Count == 0 && journal.Entries.Any(entry => entry.Step == "swap"))
        {
            throw new RestoreException(ProblemCode.Refused, decision.Creates is null ? $"run {decision.Run} is committed: the former database is gone" : $"run {decision.Run} is committed: {decision.Database} stays", null, $"cnpg-restore runs show {decision.Run}");
        }

        await run.StepAsync(Step("drop-side", $"drop {decision.Side}", destructive: true), (_, token) => DropAsync([decision.Side], token), ct);
        run.Finish();
        return $"{decision.Side} is gone; {(decision.Creates is null ? $"{decision.Database} was not changed" : $"there is no database {decision.Database}, as before")}";
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

    /// <summary>What a commit drops.</summary>
    /// <exception cref="RestoreException">Exit 15: the run is not finished, or there is nothing to drop.</exception>
    public async Task<Plan> PlanCommitAsync(CancellationToken ct)
    {
        if (await IsCreatedAsync(ct))
        {
            return new Plan("commit", FromDumpPlan.SubjectOf(decision.Database, decision.SystemIdentifier), $"make run {decision.Run} final: {decision.Database} on {server.Address} stays", [KeepStep], []);
        }

        var names = await AsideAsync(ct);
        var step = DropStep(names);
        return new Plan("commit", FromDumpPlan.SubjectOf(decision.Database, decision.SystemIdentifier), $"make run {decision.Run} final: drop {string.Join(", ", names)} on {server.Address}", [step], []);
    }

    /// <summary>Drops what lies aside.</summary>
    public async Task<string> CommitAsync(CancellationToken ct)
    {
        if (await IsCreatedAsync(ct))
        {
            await run.StepAsync(KeepStep, async (_, token) =>
            {
                await session.ExecuteAsync($"COMMENT ON DATABASE {QualifiedName.Quote(decision.Database)} IS NULL", token);
                return $"{decision.Database} is a database as any other";
            }, ct);
            run.Finish();
            return $"{decision.Database} stays; run {decision.Run} is final";
        }

        var names = await AsideAsync(ct);
        await run.StepAsync(DropStep(names), (_, token) => DropAsync(names, token), ct);
        run.Finish();
        return $"{string.Join(", ", names)} is gone; run {decision.Run} is final";
    }

    private PlanStep KeepStep => Step("keep", $"forget that there was no {decision.Database} before; nothing is dropped");

    private async Task<bool> IsCreatedAsync(CancellationToken ct) => decision.Creates is not null && (await _side.MarksAsync(ct)).Any(mark => mark.State == RunMark.Created);

    private PlanStep DropStep(string[] names) => Step("drop-former", $"drop {string.Join(", ", names)}", destructive: true);

    private async Task<string[]> AsideAsync(CancellationToken ct)
    {
        var marks = decision.Side is null ? [] : await _side.MarksAsync(ct);
        if (marks.FirstOrDefault(mark => mark.State is RunMark.Loading or RunMark.Loaded) is { } unfinished)
        {
            throw new RestoreException(
                ProblemCode.Refused, $"run {decision.Run} is not finished: {unfinished.Database} is not swapped in yet", null, $"cnpg-restore runs resume {decision.Run}, or runs undo");
        }

        return marks.Count > 0
            ? [.. marks.Select(mark => mark.Database)]
            : throw new RestoreException(ProblemCode.Refused, $"nothing of run {decision.Run} lies aside", "it was committed or undone, or it loaded into the database itself", $"cnpg-restore runs show {decision.Run}");
    }

    private async Task<string> UndoLiveAsync(CancellationToken ct)
    {
        var transaction = journal.Entries.LastOrDefault(entry => entry.Type == JournalEntry.TransactionBegun)?.Text;
        var status = transaction is null ? "aborted" : (await session.ReadAsync("SELECT pg_xact_status($1::text::xid8)", row => row.IsDBNull(0) ? "unknown" : row.GetString(0), ct, transaction))[0];
        if (status != "aborted")
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"run {decision.Run} loaded into {decision.Database} itself: there is no way back",
                $"its transaction {transaction} is {status}",
                "what was dropped comes back from an older dump or from a backup: cnpg-restore from-backup CLUSTER");
        }

        run.Finish();
        return $"{decision.Database} was not changed";
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

    private PlanStep Step(string id, string title, bool destructive = false) =>
        new(id, title, $"database {decision.Database} on {server.Address}", "names of databases, or what lies aside", $"cnpg-restore runs show {decision.Run}") { Destructive = destructive };
}
