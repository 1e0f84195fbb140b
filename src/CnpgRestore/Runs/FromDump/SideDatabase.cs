using CnpgRestore.Databases;
using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Dumps.Plain;
using CnpgRestore.Plans.FromDump;
using CnpgRestore.Postgres;
using Npgsql;

namespace CnpgRestore.Runs.FromDump;

/// <summary>The database that is loaded beside the live one. A half-loaded one is dropped and made anew, never loaded into again.</summary>
/// <param name="session">To the maintenance database.</param>
sealed class SideDatabase(DatabaseSession session, FromDumpDecision decision)
{
    private const int CreateAttempts = 5;

    private string Name => decision.Side ?? decision.Database;

    public async Task<string> CreateAsync(CancellationToken ct)
    {
        if (await FindAsync(Name, ct) is { } mark && mark.State != RunMark.Loading)
        {
            return $"{Name} is there and holds the whole dump";
        }

        for (var attempt = 1; ; attempt++)
        {
            await DropAsync(Name, ct);
            try
            {
                return await CreateNextAsync(ct);
            }
            catch (RestoreException e) when (attempt < CreateAttempts && IsThereNow(e))
            {
                // CREATE DATABASE of a run that was killed goes on in the server, and has come to its end in between.
            }
        }
    }

    /// <summary>Also one without a mark, as a kill right after it was created leaves it.</summary>
    public Task<bool> ExistsAsync(CancellationToken ct) => ExistsAsync(Name, ct);

    public async Task<bool> IsLoadingAsync(CancellationToken ct) => await FindAsync(Name, ct) is { State: RunMark.Loading };

    public async Task<bool> IsLoadedAsync(CancellationToken ct) => await FindAsync(Name, ct) is { State: RunMark.Loaded };

    /// <inheritdoc cref="FromDumpDecision.IsSwapped"/>
    public async Task<bool> IsSwappedAsync(CancellationToken ct) => decision.IsSwapped(await MarksAsync(ct));

    public Task MarkLoadedAsync(CancellationToken ct) => MarkAsync(Name, RunMark.Loaded, ct);

    public async Task<string> CarryOverAsync(CancellationToken ct)
    {
        var live = await DatabaseProperties.ReadAsync(session, decision.Database, ct);
        return await ExecuteAsync([.. live!.CarryOverStatements(Name)], ct);
    }

    /// <summary>As the dump has them. An archive is asked again: pg_restore writes them with --create alone.</summary>
    public async Task<string> TakeSettingsAsync(FromDumpPlan plan, CancellationToken ct)
    {
        var content = plan.Dump.Format == Dumps.DumpFormat.Plain ? plan.Content : await DumpInspector.ReadCreationAsync(plan.Dump, ct);
        return content is null or { Settings: [] } ? "the dump has none" : await ExecuteAsync([.. content.Settings.Select(setting => setting.StatementFor(Name))], ct);
    }

    /// <summary>The databases that this run has left, whatever their state.</summary>
    public async Task<IReadOnlyList<RunMark>> MarksAsync(CancellationToken ct) =>
        [.. (await RunMark.ReadAsync(session, ct)).Where(mark =>
            // A comment goes along when somebody renames a database by hand; what has another name by now is not ours to drop.
            (mark.Database == Name || mark.Database == decision.Former || (mark.Database == decision.Database && mark.State == RunMark.Created)) && FromDumpDecision.TryParse(mark.Decision)?.Run == decision.Run)];

    /// <exception cref="RestoreException">Exit 15: a database of that name is there, holds tables, and no run has marked it.</exception>
    public async Task DropAsync(string name, CancellationToken ct)
    {
        var exists = await ExistsAsync(name, ct);
        if (exists && await FindAsync(name, ct) is null && await session.ValueAsync<long>("SELECT pg_database_size($1)", ct, name) > await EmptySizeAsync(ct))
        {
            throw new RestoreException(
                ProblemCode.Refused, $"database {name} is in the way", "it holds something, and no run of this program says that it is its own", $"rename or drop it, then: {decision.ResumeCommand}");
        }

        if (exists)
        {
            await DropSubscriptionsAsync(name, ct);
            // No template is dropped, whatever is forced.
            await session.ExecuteAsync($"ALTER DATABASE {QualifiedName.Quote(name)} IS_TEMPLATE false", ct);
            await session.ExecuteAsync($"DROP DATABASE {QualifiedName.Quote(name)} WITH (FORCE)", ct);
        }
    }

    /// <summary>
    /// No database with a subscription is dropped, whatever is forced. The slot at the publisher is left alone: the database that lives may have the same
    /// subscription, and the publisher need not answer.
    /// </summary>
    private async Task DropSubscriptionsAsync(string name, CancellationToken ct)
    {
        var subscriptions = await Subscriptions.ReadAsync(session, name, ct);
        if (subscriptions.Count == 0)
        {
            return;
        }

        await session.ExecuteAsync($"ALTER DATABASE {QualifiedName.Quote(name)} ALLOW_CONNECTIONS true", ct);
        await using var inside = await session.OpenBesideAsync(name, ct);
        foreach (var subscription in subscriptions.Select(QualifiedName.Quote))
        {
            await inside.ExecuteAsync($"ALTER SUBSCRIPTION {subscription} DISABLE", ct);
            await inside.ExecuteAsync($"ALTER SUBSCRIPTION {subscription} SET (slot_name = NONE)", ct);
            await inside.ExecuteAsync($"DROP SUBSCRIPTION {subscription}", ct);
        }
    }

    private async Task<string> CreateNextAsync(CancellationToken ct)
    {
        if (decision.Creates is { } made)
        {
            await CreateNewAsync(made, ct);
            await MarkAsync(Name, RunMark.Loading, ct);
            return $"{Name}, owner {made.Owner}";
        }

        var live = await DatabaseProperties.ReadAsync(session, decision.Database, ct)
            ?? throw new RestoreException(ProblemCode.NotFound, $"database {decision.Database} does not exist any more", null, $"cnpg-restore runs undo {decision.Run}");
        await session.ExecuteAsync(live.CreateStatement(Name), ct);
        await MarkAsync(Name, RunMark.Loading, ct);
        return $"{Name}, owner {live.Owner}";
    }

    private async Task CreateNewAsync(NewDatabase made, CancellationToken ct)
    {
        try
        {
            await session.ExecuteAsync(CreateDatabase.Statement(QualifiedName.Quote(Name), QualifiedName.Quote(made.Owner), made.Options), ct);
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.Stopped && !IsThereNow(e))
        {
            // A locale of the server that was dumped, which this one does not have.
            throw new RestoreException(
                e.Problem with { Hint = $"make it with a locale that is there (createdb -T template0 -E UTF8 --locale=C -O {made.Owner} {decision.Database}), take this run back (cnpg-restore runs undo {decision.Run}), and run the same command again: its locale is taken over" }, e);
        }
    }

    private async Task<string> ExecuteAsync(IReadOnlyCollection<string> statements, CancellationToken ct)
    {
        foreach (var statement in statements)
        {
            await session.ExecuteAsync(statement, ct);
        }

        return FormattableString.Invariant($"{statements.Count} settings and grants");
    }

    private static bool IsThereNow(RestoreException e) =>
        e.InnerException is PostgresException { SqlState: PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation };

    private Task<bool> ExistsAsync(string name, CancellationToken ct) => session.ValueAsync<bool>("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", ct, name);

    private Task MarkAsync(string name, string state, CancellationToken ct) => session.ExecuteAsync(RunMark.Statement(name, state, decision.ToJson()), ct);

    private async Task<RunMark?> FindAsync(string name, CancellationToken ct) => (await MarksAsync(ct)).FirstOrDefault(mark => mark.Database == name);

    // A kill between CREATE DATABASE and its comment leaves one without a mark, as large as an empty one and a little.
    private async Task<long> EmptySizeAsync(CancellationToken ct) => await session.ValueAsync<long>("SELECT pg_database_size('template1') + 1048576", ct);
}
