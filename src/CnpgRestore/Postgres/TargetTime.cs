using System.Globalization;
using System.Text.RegularExpressions;

namespace CnpgRestore.Postgres;

/// <summary>
/// A moment to recover to, in microseconds as PostgreSQL counts: <c>2026-03-01T10:00:00Z</c>. Only ISO 8601 with an offset is read, because
/// a time without one means different moments to the operator, to PostgreSQL and to the person who typed it.
/// </summary>
public readonly partial record struct TargetTime : IComparable<TargetTime>, IParsable<TargetTime>
{
    private TargetTime(DateTimeOffset moment)
    {
        Moment = moment;
    }

    /// <summary>In UTC.</summary>
    public DateTimeOffset Moment { get; }

    /// <summary>Cut to whole microseconds.</summary>
    public static TargetTime From(DateTimeOffset moment)
    {
        var utc = moment.ToUniversalTime();
        return new TargetTime(utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond)));
    }

    public static TargetTime Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var time) ? time : throw new FormatException($"'{text}' is not a time with an offset such as 2026-03-01T10:00:00Z.");

    public static bool TryParse(string? text, IFormatProvider? provider, out TargetTime time)
    {
        time = default;
        if (text is null || !Form.IsMatch(text) ||
            !DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment))
        {
            return false;
        }

        time = new TargetTime(moment.ToUniversalTime());
        return true;
    }

    public int CompareTo(TargetTime other) => Moment.CompareTo(other.Moment);

    public override string ToString() => Moment.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    // The framework's own reader also takes spaces and shorter offsets.
    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form { get; }
}
