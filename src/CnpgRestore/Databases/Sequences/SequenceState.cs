using CnpgRestore.Postgres;

namespace CnpgRestore.Databases.Sequences;

/// <summary>A sequence beside the values of the columns that use it.</summary>
/// <param name="Increment">Never zero; negative where it descends.</param>
/// <param name="Last">The value that was given out last, or would come before the first one.</param>
/// <param name="Extreme">
/// The highest value in the columns, the lowest where it descends, among those that the sequence can give; null where there is none.
/// </param>
public sealed record SequenceState(
    QualifiedName Name, IReadOnlyList<SequenceUse> Uses, decimal Increment, decimal Minimum, decimal Maximum, bool Cycles, decimal Last, decimal? Extreme)
{
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
            return Math.Clamp(Last + (steps * Increment), Minimum, Maximum);
        }
    }
}
