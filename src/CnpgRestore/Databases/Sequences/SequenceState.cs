using CnpgRestore.Postgres;

namespace CnpgRestore.Databases.Sequences;

/// <summary>A sequence beside the values of the columns that use it.</summary>
/// <param name="Increment">Never zero; negative where it descends.</param>
/// <param name="Last">The value that was given out last, or would come before the first one.</param>
/// <param name="Extreme">
/// The highest value in the columns, the lowest where it descends, among those that the sequence can give and that leave it one more to give; null
/// where there is none.
/// </param>
public sealed record SequenceState(
    QualifiedName Name, IReadOnlyList<SequenceUse> Uses, decimal Increment, decimal Minimum, decimal Maximum, bool Cycles, decimal Last, decimal? Extreme)
{
    /// <summary>
    /// A value in the columns at the very end of the range, such as the 2147483647 that applications write as a mark; null where there is none, or where the
    /// sequence has come so far itself. Set to it, the sequence could give nothing more: every INSERT would fail.
    /// </summary>
    public decimal? AtEnd { get; init; }

    /// <summary>The last value that leaves one more to give.</summary>
    internal decimal LastWithNext => Last + ((decimal.Floor(((Increment > 0 ? Maximum : Minimum) - Last) / Increment) - 1) * Increment);

    /// <summary>
    /// The next values would meet values that are there already. A sequence that cycles meets them by intention.
    /// </summary>
    public bool IsBehind => !Cycles && Extreme is { } extreme && (Increment > 0 ? extreme > Last : extreme < Last);

    /// <summary>
    /// The value to set it to: the first at or behind <see cref="Extreme"/> that it would have given by itself, since several sequences may
    /// share the numbers by their remainders. Null where nothing is to be done.
    /// </summary>
    public decimal? Needed
    {
        get
        {
            if (!IsBehind)
            {
                return null;
            }

            var steps = decimal.Ceiling((Extreme!.Value - Last) / Increment);
            return Last + (steps * Increment);
        }
    }
}
