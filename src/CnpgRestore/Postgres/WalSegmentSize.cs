using System.Globalization;
using System.Numerics;

namespace CnpgRestore.Postgres;

/// <summary>
/// The size of one WAL segment, fixed when a database is created: a power of two from 1 MiB to 1 GiB, 16 MiB unless asked otherwise
/// (<c>initdb --wal-segsize</c>). Written in bytes, as backup.info does: <c>16777216</c>.
/// </summary>
public readonly record struct WalSegmentSize : IParsable<WalSegmentSize>
{
    public const uint Smallest = 1 << 20;

    public const uint Largest = 1 << 30;

    private WalSegmentSize(uint bytes)
    {
        Bytes = bytes;
    }

    public static WalSegmentSize Default { get; } = new(16 << 20);

    public uint Bytes { get; }

    /// <summary>How many segments share one "log" number, which is 4 GiB: 256 for the default size.</summary>
    public ulong SegmentsPerLog => 0x1_0000_0000UL / Bytes;

    public static WalSegmentSize FromBytes(uint bytes) =>
        IsAllowed(bytes) ? new(bytes) : throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "not a power of two from 1 MiB to 1 GiB");

    public static WalSegmentSize Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var size) ? size : throw new FormatException($"'{text}' is not a WAL segment size in bytes.");

    public static bool TryParse(string? text, IFormatProvider? provider, out WalSegmentSize size)
    {
        var parsed = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && IsAllowed(bytes);
        size = parsed ? new WalSegmentSize(bytes) : Default;
        return parsed;
    }

    public override string ToString() => Bytes.ToString(CultureInfo.InvariantCulture);

    private static bool IsAllowed(uint bytes) => bytes is >= Smallest and <= Largest && BitOperations.IsPow2(bytes);
}
