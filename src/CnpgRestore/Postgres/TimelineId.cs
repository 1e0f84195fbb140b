using System.Globalization;

namespace CnpgRestore.Postgres;

/// <summary>The number of a timeline, 1 or more: decimal for people (<c>2</c>), eight hexadecimal digits in file names (<c>00000002</c>).</summary>
public readonly record struct TimelineId(uint Value) : IComparable<TimelineId>, IParsable<TimelineId>
{
    /// <summary>As file names carry it: <c>00000002</c>.</summary>
    public string Hex => Value.ToString("X8", CultureInfo.InvariantCulture);

    public TimelineId Next => new(checked(Value + 1));

    public static bool operator <(TimelineId left, TimelineId right) => left.Value < right.Value;

    public static bool operator >(TimelineId left, TimelineId right) => left.Value > right.Value;

    public static bool operator <=(TimelineId left, TimelineId right) => left.Value <= right.Value;

    public static bool operator >=(TimelineId left, TimelineId right) => left.Value >= right.Value;

    public static TimelineId Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var timeline) ? timeline : throw new FormatException($"'{text}' is not a timeline number.");

    public static bool TryParse(string? text, IFormatProvider? provider, out TimelineId timeline)
    {
        var parsed = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0;
        timeline = new TimelineId(parsed ? value : 0);
        return parsed;
    }

    public int CompareTo(TimelineId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
