using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Dumps.Plain;

namespace CnpgRestore.Dumps.Loading;

/// <summary>A load that came to its end without an error.</summary>
/// <param name="Tables">In the order of the dump, with the rows that the server has taken.</param>
/// <param name="Statements">How many were run, each INSERT counted.</param>
/// <param name="NotRun">Statements of the server, <see cref="ServerStatement"/>: roles, and the database as a whole. Whoever owns the target decides on them.</param>
/// <param name="Took">How long each phase was worked at.</param>
public sealed record LoadResult(IReadOnlyList<DumpTable> Tables, long Statements, IReadOnlyList<StatementNotRun> NotRun, IReadOnlyDictionary<LoadPhase, TimeSpan> Took)
{
    public long Rows => Tables.Sum(table => table.Rows);
}

/// <summary>A statement of the dump that was left out.</summary>
/// <param name="Line">Of the dump; the first is 1.</param>
/// <param name="Text">Its beginning, with a password replaced by <c>***</c>.</param>
public sealed record StatementNotRun(long Line, string Text)
{
    private const int ShownLength = 200;

    internal static StatementNotRun Of(DumpReader reader) => new(reader.Line, StatementExcerpt.Of(reader.TextAsString(), ShownLength));
}
