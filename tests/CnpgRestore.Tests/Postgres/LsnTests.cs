using CnpgRestore.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Postgres;

public sealed class LsnTests
{
    [Fact]
    public void Is_read_back_as_it_is_written() => PostgresGen.Lsn.Sample(lsn => Lsn.Parse(lsn.ToString()) == lsn);

    [Fact]
    public void Has_the_order_of_its_bytes() => Gen.Select(Gen.ULong, Gen.ULong).Sample((left, right) =>
    {
        var (a, b) = (new Lsn(left), new Lsn(right));
        Assert.Equal(left.CompareTo(right), a.CompareTo(b));
        Assert.Equal(left < right, a < b);
        Assert.Equal(left > right, a > b);
        Assert.Equal(left <= right, a <= b);
        Assert.Equal(left >= right, a >= b);
    });

    [Fact]
    public void Of_two_that_are_equal_none_is_before_the_other()
    {
        var (a, b) = (new Lsn(7), new Lsn(7));
        Assert.Equal((false, false, true, true), (a > b, a < b, a <= b, a >= b));
    }

    [Fact]
    public void Does_not_begin_again_at_its_end() => Assert.Throws<OverflowException>(() => new Lsn(ulong.MaxValue) + 1);

    [Theory]
    [InlineData("16/B374D848", 0x16_B374D848UL)]
    [InlineData("0/0", 0UL)]
    [InlineData("ffffffff/ffffffff", ulong.MaxValue)]
    [InlineData("0/0C0000A0", 0xC0000A0UL)]
    public void Reads_what_PostgreSQL_writes(string text, ulong value) => Assert.Equal(new Lsn(value), Lsn.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("1/")]
    [InlineData("/1")]
    [InlineData("1/2/3")]
    [InlineData("1 /2")]
    [InlineData("0/123456789")]
    [InlineData("123456789/0")]
    [InlineData("000000001/0")]
    [InlineData("-1/0")]
    [InlineData("0x1/0")]
    [InlineData("16-B374D848")]
    public void Refuses_everything_else(string? text) => Assert.False(Lsn.TryParse(text, null, out _));

    [Fact]
    public void Is_written_without_padding() => Assert.Equal("16/B374D8", new Lsn(0x16_00B374D8).ToString());
}
