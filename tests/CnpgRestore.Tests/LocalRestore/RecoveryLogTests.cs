using CnpgRestore.LocalRestore;

namespace CnpgRestore.Tests.LocalRestore;

public sealed class RecoveryLogTests
{
    [Fact]
    public void Knows_when_the_database_is_open_and_what_was_replayed_last()
    {
        var log = new RecoveryLog();
        log.Add("LOG:  recovery stopping before commit of transaction 745, time 2026-11-22 17:29:14.587494+00");
        log.Add("LOG:  last completed transaction was at log time 2026-11-22 17:29:12.024633+00");
        Assert.False(log.Ready.IsCompleted);

        log.Add("LOG:  database system is ready to accept connections");

        Assert.True(log.Ready.IsCompleted);
        Assert.Equal(DateTimeOffset.Parse("2026-11-22T17:29:12.024633Z", null), log.LastTransaction);
        Assert.StartsWith("recovery stopping before commit of transaction 745", log.StopReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FATAL:  recovery ended before configured recovery target was reached", ProblemCode.NotFound)]
    [InlineData("FATAL:  could not access file \"timescaledb\": No such file or directory", ProblemCode.Refused)]
    [InlineData("FATAL:  could not extend file \"base/5/16390\": No space left on device", ProblemCode.Stopped)]
    [InlineData("FATAL:  WAL ends before end of online backup", ProblemCode.WalGap)]
    [InlineData("PANIC:  could not locate a valid checkpoint record", ProblemCode.WalGap)]
    [InlineData("FATAL:  something that nobody has seen before", ProblemCode.Differences)]
    public void Tells_why_PostgreSQL_ended(string line, ProblemCode code)
    {
        var log = new RecoveryLog();
        log.Add("LOG:  starting archive recovery");
        log.Add(line);

        Assert.Equal(code, log.Explain().Code);
        Assert.Equal(line, log.Explain().Detail);
    }
}
