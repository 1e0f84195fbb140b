using CnpgRestore.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Postgres;

/// <summary>Arbitrary values of PostgreSQL's vocabulary.</summary>
static class PostgresGen
{
    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    public static readonly Gen<Lsn> Lsn = Gen.ULong.Select(value => new Lsn(value));

    public static readonly Gen<TimelineId> Timeline = Gen.UInt[1, uint.MaxValue].Select(value => new TimelineId(value));

    public static readonly Gen<WalSegmentSize> SegmentSize = Gen.Int[20, 30].Select(power => WalSegmentSize.FromBytes(1u << power));

    /// <summary>Names that a database with this segment size writes, the last one of all excepted: it has no successor.</summary>
    public static Gen<WalSegmentName> Segment(WalSegmentSize size) =>
        Gen.Select(Timeline, Gen.ULong[0, (ulong.MaxValue / size.Bytes) - 1]).Select(pair => WalSegmentName.FromNumber(pair.Item1, pair.Item2, size));

    public static readonly Gen<TargetTime> Time =
        Gen.Long[0, (DateTimeOffset.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond) - 1].Select(value => TargetTime.From(new DateTimeOffset(value * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero)));

    public static readonly Gen<RestorePointName> RestorePoint =
        Gen.String[Gen.Char[' ', '~'], 1, 63].Select(text => RestorePointName.Parse(text));
}
