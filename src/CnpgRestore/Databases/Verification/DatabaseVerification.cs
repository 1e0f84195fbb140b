using CnpgRestore.Databases.Sequences;
using CnpgRestore.Postgres;
using Npgsql;
using static System.FormattableString;

namespace CnpgRestore.Databases.Verification;

/// <summary>Compares a database with what it should hold, row counts first. Only reads.</summary>
public sealed class DatabaseVerification(IDatabaseServer server, string database)
{
    private const int MostNamed = 8;

    private readonly List<Difference> _differences = [];
    private readonly HashSet<QualifiedName> _missing = [];
    private long _rows;

    /// <param name="expected">Null where only the database itself is looked at.</param>
    /// <param name="progress">Told which table is counted.</param>
    public async Task<VerificationResult> RunAsync(Expectation? expected, IReadOnlyList<SqlCheck> checks, IProgress<string>? progress, CancellationToken ct)
    {
        await using var session = await DatabaseSession.OpenAsync(server, database, ct);
        var relations = new Relations(session);
        var present = await relations.ReadAsync(ct);
        var tables = expected?.Tables ?? [];
        await CompareTablesAsync(relations, present, tables, progress, ct);
        await CheckObjectsAsync(relations, expected, ct);
        await CheckNamesAsync(relations, expected, ct);
        var survey = new SequenceSurvey(session);
        var sequences = expected is { IsPart: true } ? await survey.ReadAsync([.. tables.Select(table => table.Name)], ct) : await survey.ReadAsync(ct);
        foreach (var sequence in sequences.Where(sequence => sequence.IsBehind))
        {
            Differ("sequence", sequence.Name, Invariant($"it stands at {sequence.Last}, {sequence.Uses[0]} holds {sequence.Extreme}: the next value is there already"));
        }

        foreach (var check in checks)
        {
            if (await FailureAsync(check, ct) is { } failure)
            {
                _differences.Add(new Difference("sql", check.Statement, $"gives {failure}"));
            }
        }

        return new VerificationResult(database, tables.Count, _rows, sequences.Count, checks.Count, _differences);
    }

    private async Task CompareTablesAsync(Relations relations, IReadOnlyList<Relation> present, IReadOnlyList<ExpectedTable> expected, IProgress<string>? progress, CancellationToken ct)
    {
        var byName = present.ToDictionary(relation => relation.Name);
        var filled = new HashSet<QualifiedName>();
        var foreign = (await relations.ForeignTablesAsync(ct)).ToHashSet();
        foreach (var table in expected)
        {
            if (foreign.Contains(table.Name))
            {
                // pg_dump --include-foreign-data has taken them along; to count them would ask the other server.
                continue;
            }

            if (!byName.TryGetValue(table.Name, out var relation))
            {
                _missing.Add(table.Name);
                Differ("table", table.Name, Invariant($"is missing; {table.Rows} rows are expected in it"));
                continue;
            }

            progress?.Report(table.Name.ToString());
            var rows = await relations.CountAsync(relation, ct);
            _rows += rows;
            if (rows > 0)
            {
                filled.Add(table.Name);
            }

            // An extension fills its own tables first; a dump has only what was added.
            if (relation.IsOfExtension ? rows < table.Rows : rows != table.Rows)
            {
                Differ("rows", table.Name, Invariant($"{rows} rows instead of {table.Rows}"));
            }

            if (table.Owner is { } owner && owner != relation.Owner)
            {
                Differ("owner", table.Name, $"belongs to {relation.Owner} instead of {owner}");
            }
        }

        foreach (var relation in present.Where(relation => filled.Contains(relation.Name) && !relation.HasStatistics && !relation.IsPartitioned))
        {
            Differ("statistics", relation.Name, "ANALYZE has not seen it: queries may be slow");
        }
    }

    private async Task CheckObjectsAsync(Relations relations, Expectation? expected, CancellationToken ct)
    {
        foreach (var (table, constraint) in await relations.NotValidAsync(ct))
        {
            if (expected?.NotValid.Contains(constraint) != true)
            {
                Differ("constraint", table, $"{constraint} is not validated");
            }
        }

        foreach (var index in (await relations.InvalidIndexesAsync(ct)).Where(index => expected?.NotValid.Contains(index.ToString()) != true))
        {
            Differ("index", index, "is invalid: no query uses it");
        }

        var extensions = await relations.ExtensionsAsync(ct);
        foreach (var missing in (expected?.Extensions ?? []).Except(extensions))
        {
            _differences.Add(new Difference("extension", missing, "is missing"));
        }
    }

    /// <summary>Rows may be whole where a load has stopped behind them.</summary>
    private async Task CheckNamesAsync(Relations relations, Expectation? expected, CancellationToken ct)
    {
        if (expected is { Objects.Count: > 0 })
        {
            var names = await relations.NamesAsync(ct);
            // With a table goes what hangs on it.
            var missing = expected.Objects.Where(made => !names.Contains((made.Name, made.Table)) && !_missing.Contains(made.Table ?? made.Name));
            foreach (var kind in missing.GroupBy(made => made.Kind))
            {
                var all = kind.ToList();
                foreach (var made in all.Take(MostNamed))
                {
                    Differ(kind.Key, made.Kind == "index" ? made.Name : made.Table ?? made.Name, made.Table is null || made.Kind == "index" ? "is missing" : $"{made.Name} is missing");
                }

                if (all.Count > MostNamed)
                {
                    _differences.Add(new Difference(kind.Key, "...", Invariant($"{all.Count - MostNamed} more are missing")));
                }
            }
        }

        // A dump of some schemas or tables has none of them.
        if (expected?.LargeObjects is > 0 and var large && await relations.LargeObjectsAsync(ct) is var present && (expected.IsPart ? present < large : present != large))
        {
            _differences.Add(new Difference("large objects", "pg_largeobject_metadata", Invariant($"{present} large objects instead of {large}")));
        }
    }

    private async Task<string?> FailureAsync(SqlCheck check, CancellationToken ct)
    {
        try
        {
            await using var connection = await server.Database(check.Database).OpenConnectionAsync(ct);
            // The search path is the database's own, its limits of time are not.
            await using var lift = new NpgsqlCommand(TimeLimits.Lift, connection);
            await lift.ExecuteNonQueryAsync(ct);
            return await check.FailureAsync(connection, ct);
        }
        catch (NpgsqlException e) when (DatabaseErrors.IsLost(e))
        {
            throw DatabaseErrors.Of(e, server.Address, check.Database);
        }
        catch (NpgsqlException e)
        {
            return DatabaseErrors.Of(e, server.Address, check.Database).Problem.Message;
        }
    }

    private void Differ(string kind, QualifiedName subject, string detail) => _differences.Add(new Difference(kind, subject.ToString(), detail));
}
