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

    private sealed class Fixed : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
