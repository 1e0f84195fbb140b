using Npgsql;

namespace CnpgRestore.LocalRestore;

/// <summary>Asks the recovered database for evidence, and judges it.</summary>
public sealed class Proof(DrillRequest request, DrillPlan plan, DrillFolder folder, IProgress<DrillProgress> progress)
{
    private readonly LocalDatabases _databases = new(folder, request.User, plan.Binaries.Version);

    public List<DatabaseContent> Databases { get; } = [];

    public List<Check> Checks { get; } = [];

    public async Task<ReachedPoint> RunAsync(DateTimeOffset? lastTransaction, CancellationToken ct)
    {
        var reached = await ReachedPointAsync(lastTransaction, ct);
        Checks.Add(reached.Against(request.Target, plan.Path));
        Checks.Add(new Check(
            "system identifier",
            reached.SystemIdentifier == plan.Path.Extent.SystemId,
            $"backup.info says {plan.Path.Extent.SystemId}, the database says {reached.SystemIdentifier}"));
        await CountAsync(ct);
        foreach (var check in request.SqlChecks)
        {
            var failure = await _databases.FailureAsync(check, ct);
            Checks.Add(new Check($"SQL in {check.Database}", failure is null, failure is null ? check.Statement : $"{check.Statement}\ngives {failure}"));
        }

        if (request.Amcheck)
        {
            progress.Report(new DrillProgress(DrillPhase.Proof, 0, 0, "pg_amcheck"));
            if (await Amcheck.RunAsync(plan.Binaries, folder, request.User, ct) is { } check)
            {
                Checks.Add(check);
            }
        }

        return reached;
    }

    private async Task<ReachedPoint> ReachedPointAsync(DateTimeOffset? lastTransaction, CancellationToken ct)
    {
        try
        {
            return await _databases.ReachedPointAsync(plan.Path.History, lastTransaction, ct);
        }
        catch (NpgsqlException e)
        {
            throw new RestoreException(LocalDatabaseErrors.Of(e, request.User), e);
        }
    }

    private async Task CountAsync(CancellationToken ct)
    {
        var names = await _databases.NamesAsync(ct);
        var failures = new List<string>();
        foreach (var name in names)
        {
            progress.Report(new DrillProgress(DrillPhase.Proof, Databases.Count, names.Count, name));
            try
            {
                Databases.Add(await _databases.CountAsync(name, ct));
            }
            catch (PostgresException e) when (LocalDatabaseErrors.IsMissingLocale(e))
            {
                // Nothing is wrong with the database: it cannot be opened on this machine.
                throw new RestoreException(LocalDatabaseErrors.Of(e, request.User), e);
            }
            catch (NpgsqlException e)
            {
                failures.Add($"{name}: {e.Message}");
            }
        }

        var counted = $"{Databases.Sum(database => database.Rows)} rows in {Databases.Sum(database => database.Tables.Count)} tables of {Databases.Count} databases";
        Checks.Add(new Check("every row read", failures.Count == 0, string.Join('\n', failures.Prepend(counted))));
    }
}
