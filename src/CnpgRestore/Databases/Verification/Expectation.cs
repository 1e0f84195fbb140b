using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Postgres;

namespace CnpgRestore.Databases.Verification;

/// <summary>What a database should hold, by its dump or by a baseline that was taken earlier.</summary>
/// <param name="NotValid">Constraints that are not validated and indexes that are not valid, and need not be.</param>
public sealed record Expectation(IReadOnlyList<ExpectedTable> Tables, IReadOnlyList<string> Extensions, IReadOnlyCollection<string> NotValid)
{
    /// <summary>What has to be there by its name, beside <see cref="Tables"/>.</summary>
    public IReadOnlyCollection<DumpObject> Objects { get; init; } = [];

    /// <summary>Zero where nothing is known of them.</summary>
    public long LargeObjects { get; init; }

    /// <summary>Other things are in the database, too, which are not looked at.</summary>
    public bool IsPart { get; init; }

    /// <summary>A dump without schemas in its names was made by a server that would load it into public.</summary>
    public static Expectation Of(DumpDatabase dump) => new(
        [.. dump.Tables.Select(table => new ExpectedTable(table.Name.In("public"), table.Rows, dump.Owners.GetValueOrDefault(table.Name)))],
        dump.Extensions,
        dump.NotValid)
    {
        Objects = [.. dump.Objects.Select(made => made with { Name = made.Table is null ? made.Name.In("public") : made.Name, Table = made.Table?.In("public") })],
        LargeObjects = dump.LargeObjects,
    };

    public static Expectation Of(Baseline baseline) => new(
        [.. baseline.Tables.Select(table => new ExpectedTable(new QualifiedName(table.Schema, table.Name), table.Rows, table.Owner))],
        baseline.Extensions,
        baseline.NotValid);

    /// <summary>The same in a database that has more than this.</summary>
    /// <param name="before">The rows that were there before something was added.</param>
    /// <param name="notValid">What was not valid before.</param>
    public Expectation AddedTo(IReadOnlyDictionary<QualifiedName, long> before, IEnumerable<string> notValid) => this with
    {
        Tables = [.. Tables.Select(table => table with { Rows = table.Rows + before.GetValueOrDefault(table.Name) })],
        NotValid = [.. NotValid, .. notValid],
        IsPart = true,
    };
}

/// <param name="Owner">Null where it is not known.</param>
public sealed record ExpectedTable(QualifiedName Name, long Rows, string? Owner);
