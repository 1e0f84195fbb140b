using CnpgRestore.Databases.Sequences;

namespace CnpgRestore.Cli.Output;

/// <summary>What <c>sequences</c> prints.</summary>
sealed record SequencesDocument(string Database, int Behind, int Fixed, IReadOnlyList<SequenceItem> Sequences)
{
    public static SequencesDocument From(string database, IReadOnlyList<SequenceState> sequences, IReadOnlyList<(SequenceState Sequence, decimal Value)> set)
    {
        var items = sequences.Select(sequence => SequenceItem.From(sequence, set.FirstOrDefault(entry => entry.Sequence == sequence) is { Sequence: not null } entry ? entry.Value : null)).ToList();
        return new SequencesDocument(database, items.Count(item => item.State == "behind"), set.Count, items);
    }
}

/// <param name="State"><c>ok</c>, <c>behind</c>, <c>fixed</c>, or <c>cycles</c>, which is not judged.</param>
/// <param name="Last">The value that was given out last.</param>
/// <param name="Column">The furthest value in the columns; absent where there is none.</param>
/// <param name="Needed">What it has to be set to.</param>
sealed record SequenceItem(string Name, string State, IReadOnlyList<string> Columns, decimal Increment, decimal Last, decimal? Column, decimal? Needed)
{
    public static SequenceItem From(SequenceState sequence, decimal? set)
    {
        var state = set is not null ? "fixed" : sequence.Cycles ? "cycles" : sequence.IsBehind ? "behind" : "ok";
        return new SequenceItem(
            sequence.Name.ToString(), state, [.. sequence.Uses.Select(use => use.ToString())], sequence.Increment, sequence.Last, sequence.Extreme, set ?? sequence.Needed);
    }
}
