using CnpgRestore.Runs;

namespace CnpgRestore.Tests.Runs;

public sealed class RunIdTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 14, 0, 0, 500, TimeSpan.Zero);

    [Theory]
    [InlineData(null, "20261122t140000z")]
    [InlineData("20261122t135959z-rename-4f2a", "20261122t140000z")]
    [InlineData("20261122t140000z-rename-ffff", "20261122t140001z")]
    [InlineData("20261122t140007z-rename-4f2a", "20261122t140008z")]
    [InlineData("20271122t140000z-rename-4f2a", "20261122t140000z")]
    [InlineData("something-else", "20261122t140000z")]
    public void A_new_run_sorts_behind_the_newest_unless_that_is_of_a_wrong_clock(string? newest, string expected) =>
        Assert.StartsWith($"{expected}-from-dump-", RunId.Create("from-dump", new Fixed(), newest is null ? null : new RunId(newest)).Value, StringComparison.Ordinal);

    [Theory]
    [InlineData("20261122t140000z-rename-4f2a", "rename")]
    [InlineData("20261122t140000z-from-dump-fresh-00ff", "from-dump-fresh")]
    public void A_name_tells_its_command_and_its_time(string name, string command)
    {
        var run = RunId.TryParse(name);

        Assert.Equal(command, run?.Command);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 14, 0, 0, TimeSpan.Zero), run?.Time);
        Assert.Equal(command, RunId.TryParse(RunId.Create(command, new Fixed()).Value)?.Command);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("--list")]
    [InlineData("postgres-v17")]
    [InlineData("20261122t140000z-4f2a")]
    [InlineData("20261122t140000z--4f2a")]
    [InlineData("20261122t140000z-rename")]
    [InlineData("20261122t140000z-rename-4F2A")]
    [InlineData("20261122t140000z-../../etc/passwd-4f2a")]
    [InlineData("20261322t140000z-rename-4f2a")]
    public void What_is_no_name_of_a_run_is_none(string text) => Assert.Null(RunId.TryParse(text));

    private sealed class Fixed : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
