using CnpgRestore.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Postgres;

public sealed class WalSegmentTests
{
    private static readonly Gen<(WalSegmentSize Size, WalSegmentName Name)> Sized =
        PostgresGen.SegmentSize.SelectMany(size => PostgresGen.Segment(size).Select(name => (size, name)));

    [Fact]
    public void A_size_is_read_back_as_it_is_written() => PostgresGen.SegmentSize.Sample(size => WalSegmentSize.Parse(size.ToString()) == size);

    [Theory]
    [InlineData("524288")]
    [InlineData("2147483648")]
    [InlineData("3145728")]
    [InlineData("16MB")]
    [InlineData("")]
    public void A_size_is_a_power_of_two_from_1_MiB_to_1_GiB(string text) => Assert.False(WalSegmentSize.TryParse(text, null, out _));

    [Fact]
    public void A_size_that_PostgreSQL_does_not_know_is_a_bug() => Assert.Throws<ArgumentOutOfRangeException>(() => WalSegmentSize.FromBytes(1000));

    [Fact]
    public void A_name_is_read_back_as_it_is_written() => Gen.Select(Gen.UInt, Gen.UInt, Gen.UInt).Sample((timeline, log, segment) =>
    {
        var name = new WalSegmentName(new TimelineId(timeline), log, segment);
        Assert.Equal(name, WalSegmentName.Parse(name.ToString()));
        Assert.Equal(name, WalSegmentName.Parse(name.ToString().ToLowerInvariant()));
        Assert.Equal(WalSegmentName.Length, name.ToString().Length);
    });

    [Fact]
    public void Numbers_and_names_are_the_same_thing() => Sized.Sample((size, name) =>
    {
        Assert.Equal(name, WalSegmentName.FromNumber(name.Timeline, name.Number(size), size));
        Assert.True(name.IsPossible(size));
    });

    [Fact]
    public void The_successor_begins_where_the_segment_ends() => Sized.Sample((size, name) =>
    {
        var next = name.Next(size);
        Assert.Equal(name.EndLsn(size), next.FirstLsn(size));
        Assert.Equal(name.Number(size) + 1, next.Number(size));
        Assert.Equal(name.Timeline, next.Timeline);
        Assert.True(next.IsPossible(size));
    });

    [Fact]
    public void A_segment_contains_exactly_its_bytes() => Sized.Sample((size, name) =>
    {
        var (first, end) = (name.FirstLsn(size), name.EndLsn(size));
        var last = new Lsn(end.Value - 1);
        Assert.Equal(size.Bytes, end.Value - first.Value);
        Assert.Equal((true, true, false), (name.Contains(first, size), name.Contains(last, size), name.Contains(end, size)));
        Assert.Equal(name, WalSegmentName.FromLsn(name.Timeline, first, size));
        Assert.Equal(name, WalSegmentName.FromLsn(name.Timeline, last, size));
    });

    [Theory]
    [InlineData(16u << 20, "0000000100000000000000FF", "000000010000000100000000")]
    [InlineData(64u << 20, "00000001000000000000003F", "000000010000000100000000")]
    [InlineData(1u << 20, "000000010000000000000FFF", "000000010000000100000000")]
    [InlineData(1u << 30, "000000010000000000000003", "000000010000000100000000")]
    [InlineData(16u << 20, "0000000100000000000000FE", "0000000100000000000000FF")]
    public void The_log_number_rises_after_4_GiB(uint bytes, string name, string next) =>
        Assert.Equal(WalSegmentName.Parse(next), WalSegmentName.Parse(name).Next(WalSegmentSize.FromBytes(bytes)));

    [Theory]
    [InlineData("0000000100000000000000FF", true)]
    [InlineData("000000010000000000000100", false)]
    public void A_log_has_256_segments_of_16_MiB(string name, bool isPossible) => Assert.Equal(isPossible, WalSegmentName.Parse(name).IsPossible(WalSegmentSize.Default));

    [Fact]
    public void A_number_that_no_name_can_carry_is_a_bug() =>
        Assert.Throws<OverflowException>(() => WalSegmentName.FromNumber(new TimelineId(1), (ulong)uint.MaxValue * 256 + 256, WalSegmentSize.Default));

    [Fact]
    public void A_name_of_another_segment_size_may_be_impossible() =>
        Assert.False(WalSegmentName.Parse("0000000100000000000000FF").IsPossible(WalSegmentSize.FromBytes(64 << 20)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00000001000000000000000")]
    [InlineData("0000000100000000000000011")]
    [InlineData("00000001000000000000000G")]
    [InlineData("00000001 0000000000000001")]
    public void Other_names_are_refused(string? text) => Assert.False(WalSegmentName.TryParse(text, null, out _));
}
