using System.Globalization;
using CnpgRestore.Runs;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>Rate and time left of one step, from what its meter shows.</summary>
sealed class StepRate(StepMeter meter, TimeProvider clock)
{
    private readonly long _start = clock.GetTimestamp();

    public StepMeter Meter { get; } = meter;

    public double BytesPerSecond => Meter.Bytes / Math.Max(0.001, Elapsed.TotalSeconds);

    /// <summary>Between 0 and 1; the smaller of objects and bytes, since either may be what takes the time.</summary>
    public double? Fraction
    {
        get
        {
            double? objects = Meter.TotalObjects > 0 ? (double)Meter.Objects / Meter.TotalObjects : null;
            double? bytes = Meter.TotalBytes > 0 ? (double)Meter.Bytes / Meter.TotalBytes : null;
            return objects is { } left && bytes is { } right ? Math.Min(1, Math.Min(left, right)) : objects ?? bytes;
        }
    }

    public TimeSpan? Left => Fraction is { } done and > 0 ? Elapsed * ((1 - done) / done) : null;

    private TimeSpan Elapsed => clock.GetElapsedTime(_start);

    public override string ToString()
    {
        var objects = Meter.TotalObjects > 0 ? Invariant($"{Meter.Objects}/{Meter.TotalObjects} {Meter.Unit}") : Meter.Objects > 0 ? Invariant($"{Meter.Objects} {Meter.Unit}") : "";
        var bytes = Meter.TotalBytes > 0 ? Invariant($", {new ByteSize(Meter.Bytes)}/{new ByteSize(Meter.TotalBytes)}, {new ByteSize((long)BytesPerSecond)}/s") : "";
        var left = Left is { } time ? $", {Duration(time)} left" : "";
        var numbers = objects + bytes + left;
        return Meter.Note is not { } note ? numbers : numbers.Length == 0 ? note : $"{numbers}; {note}";
    }

    /// <summary>Hours only where there are any: <c>0:42</c>, <c>1:05:00</c>.</summary>
    public static string Duration(TimeSpan time) => time.ToString(time.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
}
