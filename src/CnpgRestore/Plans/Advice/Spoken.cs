using System.Globalization;
using static System.FormattableString;

namespace CnpgRestore.Plans.Advice;

/// <summary>Times as a person says them.</summary>
public static class Spoken
{
    /// <summary><c>40 seconds</c>, <c>23 minutes</c>, <c>9 h 35 min</c>, <c>6 d 9 h</c>, <c>30 days</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1.5 } => "1 second",
        { TotalSeconds: < 90 } => Invariant($"{time.TotalSeconds:0} seconds"),
        { TotalMinutes: < 90 } => Invariant($"{time.TotalMinutes:0} minutes"),
        { TotalHours: < 48 } => Invariant($"{(int)time.TotalHours} h {time.Minutes} min"),
        { TotalDays: < 14 } => Invariant($"{time.Days} d {time.Hours} h"),
        _ => Invariant($"{time.TotalDays:0} days"),
    };

    /// <summary>To the second, in UTC.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
