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

    [Theory]
    [InlineData("directory \"/mnt/fast\" does not exist",
        "Create this directory for the tablespace before restarting the server.", "a tablespace was created after this base backup")]
    [InlineData("could not set permissions on directory \"/mnt/fast\": Operation not permitted", null, "a tablespace was created after this base backup")]
    [InlineData("resource manager with ID 134 not registered",
        "Include the extension module that implements this resource manager in shared_preload_libraries.", "a module with WAL of its own is missing here")]
    public void What_this_machine_lacks_is_no_damage_of_the_backup(string error, string? hint, string message)
    {
        var log = new RecoveryLog();
        log.Add($"FATAL:  {error}");
        if (hint is not null)
        {
            log.Add($"HINT:  {hint}");
        }

        var problem = log.Explain();

        Assert.Equal(ProblemCode.Refused, problem.Code);
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(error, problem.Detail, StringComparison.Ordinal);
        Assert.NotNull(problem.Hint);
    }
}
