using CnpgRestore.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Postgres;

public sealed class RecoveryTargetTests
{
    private static readonly Gen<RecoveryTarget> Any = Gen.OneOf(
        Gen.Const<RecoveryTarget>(new RecoveryTarget.Latest()),
        Gen.Const<RecoveryTarget>(new RecoveryTarget.Immediate()),
        Gen.Select(PostgresGen.Time, Gen.Bool).Select(RecoveryTarget (pair) => new RecoveryTarget.Time(pair.Item1, pair.Item2)),
        Gen.Select(PostgresGen.Lsn, Gen.Bool).Select(RecoveryTarget (pair) => new RecoveryTarget.Lsn(pair.Item1, pair.Item2)),
        Gen.Select(Gen.UInt[3, uint.MaxValue], Gen.Bool).Select(RecoveryTarget (pair) => new RecoveryTarget.Xid(new TransactionId(pair.Item1), pair.Item2)),
        PostgresGen.RestorePoint.Select(RecoveryTarget (name) => new RecoveryTarget.Name(name)));

    [Fact]
    public void Is_read_back_as_it_is_written() => Any.Sample(target => RecoveryTarget.Parse(target.ToString()) == target);

    [Theory]
    [InlineData("latest")]
    [InlineData("immediate")]
    [InlineData("time 2026-03-01T10:00:00Z")]
    [InlineData("time 2026-03-01T10:00:00.5Z exclusive")]
    [InlineData("lsn 16/B374D848")]
    [InlineData("xid 7342 exclusive")]
    [InlineData("name before upgrade exclusive")]
    public void Has_one_spelling(string text) => Assert.Equal(text, RecoveryTarget.Parse(text).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("latest ")]
    [InlineData("immediate exclusive")]
    [InlineData("time 2026-03-01 10:00:00")]
    [InlineData("lsn")]
    [InlineData("name ")]
    [InlineData("name")]
    [InlineData(" latest")]
    [InlineData("xid 1")]
    public void Other_texts_are_refused(string? text) => Assert.False(RecoveryTarget.TryParse(text, null, out _));

    [Theory]
    [InlineData("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z")]
    [InlineData("2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00Z")]
    [InlineData("2026-03-01T10:00:00.123456-05:30", "2026-03-01T15:30:00.123456Z")]
    [InlineData("2026-03-01T10:00:00.100Z", "2026-03-01T10:00:00.1Z")]
    public void A_time_is_read_with_its_offset(string text, string utc) => Assert.Equal(utc, TargetTime.Parse(text).ToString());

    [Theory]
    [InlineData("2026-03-01T10:00:00")]
    [InlineData("2026-03-01 10:00:00Z")]
    [InlineData("2026-03-01T10:00Z")]
    [InlineData("2026-03-01T10:00:00 Z")]
    [InlineData(" 2026-03-01T10:00:00Z")]
    [InlineData("2026-03-01T10:00:00z")]
    [InlineData("2026-03-01T10:00:00+0200")]
    [InlineData("2026-03-01T10:00:00+2")]
    [InlineData("2026-03-01T10:00:00.1234567Z")]
    [InlineData("2026-03-01T10:00:00.Z")]
    [InlineData("2026-02-30T10:00:00Z")]
    [InlineData("2026-03-01T24:00:00Z")]
    [InlineData("01/03/2026 10:00")]
    [InlineData("2026-03-01T10:00:00Z\n")]
    [InlineData("2026-03-01")]
    public void A_time_that_could_mean_two_moments_is_refused(string text) => Assert.False(TargetTime.TryParse(text, null, out _));

    [Fact]
    public void A_time_is_cut_to_what_PostgreSQL_can_tell_apart() =>
        Assert.Equal("2026-03-01T10:00:00.123456Z", TargetTime.From(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2)).AddTicks(1234569)).ToString());

    [Fact]
    public void Times_have_the_order_of_their_moments() => Gen.Select(PostgresGen.Time, PostgresGen.Time).Sample((a, b) => a.CompareTo(b) == a.Moment.CompareTo(b.Moment));

    [Fact]
    public void A_restore_point_name_has_at_most_63_bytes()
    {
        Assert.True(RestorePointName.TryParse(new string('x', 63), null, out _));
        Assert.False(RestorePointName.TryParse(new string('x', 64), null, out _));
        Assert.False(RestorePointName.TryParse(new string('ä', 32), null, out _));
        Assert.False(RestorePointName.TryParse("a\tb", null, out _));
        Assert.False(RestorePointName.TryParse("", null, out _));
    }
}
