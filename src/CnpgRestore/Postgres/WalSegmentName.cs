using System.Globalization;

namespace CnpgRestore.Postgres;

/// <summary>
/// The name of one WAL segment, <c>000000010000000000000002</c>: timeline, "log" (the high half of its LSNs) and segment within that log.
/// What the name means in bytes depends on the segment size, so everything that counts asks for it.
/// Names of different timelines have no order: two timelines share their LSNs up to the switch point.
/// </summary>
public readonly record struct WalSegmentName(TimelineId Timeline, uint Log, uint Segment) : IParsable<WalSegmentName>
{
    public const int Length = 24;

    /// <summary>The segment that holds the byte at <paramref name="lsn"/>.</summary>
    public static WalSegmentName FromLsn(TimelineId timeline, Lsn lsn, WalSegmentSize size) => FromNumber(timeline, lsn.Value / size.Bytes, size);

    public static WalSegmentName FromNumber(TimelineId timeline, ulong number, WalSegmentSize size) =>
        new(timeline, checked((uint)(number / size.SegmentsPerLog)), (uint)(number % size.SegmentsPerLog));

    /// <summary>The place in the whole log, counted from 0: neighbours differ by one whatever their log numbers are.</summary>
    public ulong Number(WalSegmentSize size) => (Log * size.SegmentsPerLog) + Segment;

    public Lsn FirstLsn(WalSegmentSize size) => new(Number(size) * size.Bytes);

    /// <summary>The first byte behind this segment.</summary>
    public Lsn EndLsn(WalSegmentSize size) => FirstLsn(size) + size.Bytes;

    public bool Contains(Lsn lsn, WalSegmentSize size) => lsn.Value / size.Bytes == Number(size);

    /// <summary>False for a name that a database of this segment size never writes.</summary>
    public bool IsPossible(WalSegmentSize size) => Segment < size.SegmentsPerLog;

    public WalSegmentName Next(WalSegmentSize size) => FromNumber(Timeline, Number(size) + 1, size);

    public static WalSegmentName Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var name) ? name : throw new FormatException($"'{text}' is not a WAL segment name.");

    public static bool TryParse(string? text, IFormatProvider? provider, out WalSegmentName name) => TryParse(text.AsSpan(), out name);

    /// <summary>Twenty-four hexadecimal digits, of either case; PostgreSQL writes capitals.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out WalSegmentName name)
    {
        name = default;
        if (text.Length != Length || !TryParseHex(text[..8], out var timeline) || !TryParseHex(text[8..16], out var log) || !TryParseHex(text[16..], out var segment))
        {
            return false;
        }

        name = new WalSegmentName(new TimelineId(timeline), log, segment);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Timeline.Value:X8}{Log:X8}{Segment:X8}");

    private static bool TryParseHex(ReadOnlySpan<char> text, out uint value) =>
        uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
