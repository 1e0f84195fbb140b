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
    public void Of_two_equal_timelines_none_is_before_the_other()
    {
        var (a, b) = (new TimelineId(2), new TimelineId(2));
        Assert.Equal((false, false, true, true), (a > b, a < b, a <= b, a >= b));
    }

    [Fact]
    public void A_timeline_is_hexadecimal_in_file_names() => Assert.Equal("0000001F", new TimelineId(31).Hex);

    [Fact]
    public void The_next_timeline_is_one_more() => Assert.Equal(new TimelineId(3), new TimelineId(2).Next);

    [Fact]
    public void There_is_no_timeline_behind_the_last() => Assert.Throws<OverflowException>(() => new TimelineId(uint.MaxValue).Next);

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

    [Fact]
    public void The_first_transaction_that_can_commit_is_3() => Assert.Equal(new TransactionId(3), TransactionId.Parse("3"));

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

    [Fact]
    public void The_oldest_version_is_10() => Assert.Equal(new PostgresVersion(100001), PostgresVersion.Parse("10.1"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("9.6")]
    [InlineData("15.")]
    [InlineData("15.1.2")]
    [InlineData("15.10000")]
    [InlineData("15beta1")]
    public void A_version_has_one_or_two_numbers(string? text) => Assert.False(PostgresVersion.TryParse(text, null, out _));

    [Fact]
    public void What_is_refused_is_told_with_the_word_that_was_read()
    {
        (Action Parse, string What)[] parsers =
        [
            (() => Lsn.Parse("x y"), "an LSN such as 16/B374D848"), (() => PostgresVersion.Parse("x y"), "a PostgreSQL version such as 15.20"),
            (() => RecoveryTarget.Parse("x y"), "a recovery target"), (() => RestorePointName.Parse("x y\t"), "a restore point name"),
            (() => SystemIdentifier.Parse("x y"), "a system identifier"), (() => TargetTime.Parse("x y"), "a time with an offset such as 2026-03-01T10:00:00Z"),
            (() => TimelineId.Parse("x y"), "a timeline number"), (() => TransactionId.Parse("x y"), "a transaction id"),
            (() => WalSegmentName.Parse("x y"), "a WAL segment name"), (() => WalSegmentSize.Parse("x y"), "a WAL segment size in bytes"),
        ];
        Assert.All(parsers, parser => Assert.StartsWith($"'x y", Assert.Throws<FormatException>(parser.Parse).Message, StringComparison.Ordinal));
        Assert.All(parsers, parser => Assert.Contains($"' is not {parser.What}", Assert.Throws<FormatException>(parser.Parse).Message, StringComparison.Ordinal));
    }
}
