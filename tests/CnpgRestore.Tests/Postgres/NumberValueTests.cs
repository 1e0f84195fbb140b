using CnpgRestore.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Postgres;

public sealed class NumberValueTests
{
    [Fact]
    public void A_timeline_is_read_back_as_it_is_written() => PostgresGen.Timeline.Sample(timeline => TimelineId.Parse(timeline.ToString()) == timeline);

    [Fact]
    public void Timelines_have_the_order_of_their_numbers() => Gen.Select(PostgresGen.Timeline, PostgresGen.Timeline).Sample((a, b) =>
    {
        Assert.Equal(a.Value.CompareTo(b.Value), a.CompareTo(b));
        Assert.Equal(a.Value < b.Value, a < b);
        Assert.Equal(a.Value > b.Value, a > b);
        Assert.Equal(a.Value <= b.Value, a <= b);
        Assert.Equal(a.Value >= b.Value, a >= b);
    });

    [Fact]
    public void A_timeline_is_hexadecimal_in_file_names() => Assert.Equal("0000001F", new TimelineId(31).Hex);

    [Fact]
    public void The_next_timeline_is_one_more() => Assert.Equal(new TimelineId(3), new TimelineId(2).Next);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1 ")]
    [InlineData("4294967296")]
    [InlineData("latest")]
    public void A_timeline_is_a_positive_number(string text) => Assert.False(TimelineId.TryParse(text, null, out _));

    [Fact]
    public void A_system_identifier_is_read_back_as_it_is_written() =>
        Gen.ULong.Sample(value => SystemIdentifier.Parse(new SystemIdentifier(value).ToString()).Value == value);

    [Theory]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("18446744073709551616")]
    [InlineData("7,423")]
    public void A_system_identifier_is_a_64_bit_number(string text) => Assert.False(SystemIdentifier.TryParse(text, null, out _));

    [Fact]
    public void A_transaction_id_is_read_back_as_it_is_written() =>
        Gen.UInt[3, uint.MaxValue].Sample(value => TransactionId.Parse(new TransactionId(value).ToString()).Value == value);

    [Theory]
    [InlineData("2")]
    [InlineData("4294967296")]
    [InlineData("x")]
    public void A_transaction_id_is_one_that_can_commit(string text) => Assert.False(TransactionId.TryParse(text, null, out _));

    [Fact]
    public void A_version_is_read_back_as_it_is_written() => Gen.Select(Gen.Int[10, 99], Gen.Int[0, 99]).Sample((major, minor) =>
    {
        var version = new PostgresVersion((major * 10_000) + minor);
        Assert.Equal((major, minor), (version.Major, version.Minor));
        Assert.Equal(version, PostgresVersion.Parse(version.ToString()));
    });

    [Fact]
    public void Versions_are_written_as_people_write_them() => Assert.Equal("15.20", new PostgresVersion(150020).ToString());

    [Fact]
    public void Versions_have_the_order_of_their_numbers() => Assert.True(new PostgresVersion(150002).CompareTo(new PostgresVersion(150020)) < 0);

    [Fact]
    public void A_major_version_alone_is_its_minor_0() => Assert.Equal(new PostgresVersion(170000), PostgresVersion.Parse("17"));

    [Theory]
    [InlineData("")]
    [InlineData("9.6")]
    [InlineData("15.")]
    [InlineData("15.1.2")]
    [InlineData("15.10000")]
    [InlineData("15beta1")]
    public void A_version_has_one_or_two_numbers(string text) => Assert.False(PostgresVersion.TryParse(text, null, out _));
}
