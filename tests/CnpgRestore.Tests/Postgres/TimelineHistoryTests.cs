using CnpgRestore.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Postgres;

public sealed class TimelineHistoryTests
{
    private const string Text = "1\t0/C0000A0\tno recovery target specified\n\n# a comment\n2\t0/12000000\tbefore 2026-03-01 10:00:00+00\n";

    private static readonly TimelineHistory Third = TimelineHistory.TryParse(new TimelineId(3), Text)!;

    [Fact]
    public void Lists_ancestors_with_their_switch_points() => Assert.Equal(
        [
            new TimelineAncestor(new TimelineId(1), Lsn.Parse("0/C0000A0"), "no recovery target specified"),
            new TimelineAncestor(new TimelineId(2), Lsn.Parse("0/12000000"), "before 2026-03-01 10:00:00+00"),
        ],
        Third.Ancestors);

    [Fact]
    public void Is_read_back_as_it_is_written() => Gen.UInt[1, 1000].List[0, 8].Sample(numbers =>
    {
        var ids = numbers.Distinct().Order().ToList();
        var text = string.Concat(ids.Select(id => $"{id}\t{new Lsn(id * 77777UL)}\treason {id}\n"));
        var history = TimelineHistory.TryParse(new TimelineId(2000), text);
        Assert.Equal(text, history!.ToString());
        Assert.Equal(ids, history.Ancestors.Select(ancestor => ancestor.Timeline.Value));
    });

    [Fact]
    public void Never_throws_on_any_text() => Gen.String.Sample(text => _ = TimelineHistory.TryParse(new TimelineId(2), text));

    [Theory]
    [InlineData("0/BFFFFFF", 1)]
    [InlineData("0/C00009F", 1)]
    [InlineData("0/C0000A0", 2)]
    [InlineData("0/11FFFFFF", 2)]
    [InlineData("0/12000000", 3)]
    public void Knows_which_timeline_holds_a_position(string lsn, uint timeline) => Assert.Equal(new TimelineId(timeline), Third.TimelineAt(Lsn.Parse(lsn)));

    [Fact]
    public void Knows_where_an_ancestor_was_left()
    {
        Assert.Equal(Lsn.Parse("0/C0000A0"), Third.SwitchLsnOf(new TimelineId(1)));
        Assert.Null(Third.SwitchLsnOf(new TimelineId(3)));
        Assert.Equal(new TimelineId(2), Third.Parent?.Timeline);
    }

    [Theory]
    [InlineData("1\t0/5000\tno recovery target specified\n", 0, "0/5000")]
    [InlineData("1\t0/5000\tbefore\n\n2\t0/6000\tno recovery target specified\n", 1, "0/6000")]
    // Failed over twice since; and an ancestor that was left before the known fork.
    [InlineData("1\t0/5000\tbefore\n\n2\t0/6000\tat target\n\n3\t0/7000\tpromoted\n\n4\t0/8000\tpromoted\n", 1, "0/6000")]
    [InlineData("1\t0/5000\tbefore\n\n1\t0/4000\tat target\n\n3\t0/7000\tpromoted\n", 1, "0/4000")]
    [InlineData("1\t0/5000\tbefore\n", 7, "0/5000")]
    public void Knows_where_a_recovery_left_its_timeline_though_promotions_came_later(string text, int ancestors, string lsn) =>
        Assert.Equal(Lsn.Parse(lsn), TimelineHistory.Fork(new TimelineId(9), text, ancestors)?.SwitchLsn);

    [Fact]
    public void Without_a_file_there_are_no_ancestors()
    {
        var first = TimelineHistory.WithoutAncestors(new TimelineId(1));
        Assert.Null(first.Parent);
        Assert.Equal(new TimelineId(1), first.TimelineAt(new Lsn(ulong.MaxValue)));
    }

    [Theory]
    [InlineData("2\t0/1\tx\n1\t0/2\tx\n")]
    [InlineData("1\t0/1\tx\n1\t0/2\tx\n")]
    [InlineData("3\t0/1\tx\n")]
    [InlineData("4\t0/1\tx\n")]
    [InlineData("1\n")]
    [InlineData("1\tnowhere\tx\n")]
    [InlineData("one\t0/1\tx\n")]
    public void Refuses_what_PostgreSQL_refuses(string text) => Assert.Null(TimelineHistory.TryParse(new TimelineId(3), text));

    [Fact]
    public void A_reason_may_be_missing() => Assert.Equal("", TimelineHistory.TryParse(new TimelineId(2), "1 0/1")!.Parent?.Reason);
}
