namespace CnpgRestore.Plans.Advice;

/// <summary>How fast something was read.</summary>
/// <param name="Bytes">As stored.</param>
/// <param name="Text">The same, decompressed; null where it was not.</param>
public sealed record TransferRate(long Bytes, TimeSpan Time, long? Text = null)
{
    /// <summary>A reading that lasts no measurable time would be infinitely fast.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>As much as a measurement reads at most.</summary>
    public const int Most = 8 << 20;

    /// <summary>As long as a measurement lasts at most.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    public double BytesPerSecond => Bytes / (Time > Shortest ? Time : Shortest).TotalSeconds;

    public double TextPerSecond => (Text ?? Bytes) / (Time > Shortest ? Time : Shortest).TotalSeconds;

    /// <summary>Bytes of text in one byte as stored.</summary>
    public double Expansion => Text is { } text && Bytes > 0 ? (double)text / Bytes : 1;

    public override string ToString() => $"{new ByteSize((long)BytesPerSecond)}/s";

    /// <summary>Reads a stream from where it stands: <paramref name="most"/> bytes, or two seconds, or to its end.</summary>
    /// <param name="stored">How many stored bytes that were; null: as many as were read.</param>
    public static async Task<TransferRate> MeasureAsync(Stream stream, long most, Func<long>? stored, TimeProvider clock, CancellationToken ct)
    {
        var buffer = new byte[1 << 16];
        var begin = clock.GetTimestamp();
        var read = 0L;
        while (read < most && clock.GetElapsedTime(begin) < Longest && await stream.ReadAsync(buffer, ct) is > 0 and var length)
        {
            read += length;
        }

        return new TransferRate(stored?.Invoke() ?? read, clock.GetElapsedTime(begin), stored is null ? null : read);
    }
}
