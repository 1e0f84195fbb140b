using CnpgRestore.Databases.Sequences;
using CnpgRestore.Postgres;
using Npgsql;
using static System.FormattableString;

namespace CnpgRestore.Databases.Verification;

/// <summary>Compares a database with what it should hold, row counts first. Only reads.</summary>
public sealed class DatabaseVerification(IDatabaseServer server, string database)
{
    private readonly List<Difference> _differences = [];
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
        var sequences = await new SequenceSurvey(session).ReadAsync(ct);
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
        foreach (var table in expected)
        {
            if (!byName.TryGetValue(table.Name, out var relation))
            {
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

        foreach (var index in await relations.InvalidIndexesAsync(ct))
        {
            Differ("index", index, "is invalid: no query uses it");
        }

        var extensions = await relations.ExtensionsAsync(ct);
        foreach (var missing in (expected?.Extensions ?? []).Except(extensions))
        {
            _differences.Add(new Difference("extension", missing, "is missing"));
        }
    }

    private async Task<string?> FailureAsync(SqlCheck check, CancellationToken ct)
    {
        try
        {
            await using var connection = await server.Database(check.Database).OpenConnectionAsync(ct);
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
