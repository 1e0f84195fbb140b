using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Postgres;

namespace CnpgRestore.Databases.Verification;

/// <summary>What a database should hold, by its dump or by a baseline that was taken earlier.</summary>
/// <param name="NotValid">Constraints that are not validated, and need not be.</param>
public sealed record Expectation(IReadOnlyList<ExpectedTable> Tables, IReadOnlyList<string> Extensions, IReadOnlyCollection<string> NotValid)
{
    /// <summary>A dump without schemas in its names was made by a server that would load it into public.</summary>
    public static Expectation Of(DumpDatabase dump) => new(
        [.. dump.Tables.Select(table => new ExpectedTable(table.Name.In("public"), table.Rows, dump.Owners.GetValueOrDefault(table.Name)))],
        dump.Extensions,
        dump.NotValid);

    public static Expectation Of(Baseline baseline) => new(
        [.. baseline.Tables.Select(table => new ExpectedTable(new QualifiedName(table.Schema, table.Name), table.Rows, table.Owner))],
        baseline.Extensions,
        baseline.NotValid);

    /// <summary>The same with the rows that were there before something was added.</summary>
    public Expectation Added(IReadOnlyDictionary<QualifiedName, long> before) =>
        this with { Tables = [.. Tables.Select(table => table with { Rows = table.Rows + before.GetValueOrDefault(table.Name) })] };
}

/// <param name="Owner">Null where it is not known.</param>
public sealed record ExpectedTable(QualifiedName Name, long Rows, string? Owner);
