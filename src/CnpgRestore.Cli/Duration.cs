using System.Globalization;

namespace CnpgRestore.Cli;

/// <summary>A length of time as kubectl writes it: <c>90s</c>, <c>30m</c>, <c>1h30m</c>.</summary>
readonly record struct Duration(TimeSpan Value) : IParsable<Duration>
{
    // 999 hours are still a length that a timer takes.
    private const int Most = 999;

    public static Duration Parse(string text, IFormatProvider? provider) =>
        TryParse(text, provider, out var duration) ? duration : throw new FormatException($"'{text}' is not a duration such as 1h30m.");

    /// <summary>Whole hours, minutes and seconds in this order, each at most once and at least one of them; more than zero.</summary>
    public static bool TryParse(string? text, IFormatProvider? provider, out Duration duration)
    {
        duration = default;
        ReadOnlySpan<char> rest = text;
        var total = TimeSpan.Zero;
        foreach (var (unit, length) in new[] { ('h', TimeSpan.FromHours(1)), ('m', TimeSpan.FromMinutes(1)), ('s', TimeSpan.FromSeconds(1)) })
        {
            var end = rest.IndexOf(unit);
            if (end < 0)
            {
                continue;
            }

            if (!ushort.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > Most)
            {
                return false;
            }

            total += length * count;
            rest = rest[(end + 1)..];
        }

        duration = new Duration(total);
        return rest.IsEmpty && total > TimeSpan.Zero;
    }
}
