using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Kubernetes;

public sealed class RecoveryLinesTests
{
    [Fact]
    public void A_recovery_is_told_step_by_step()
    {
        string[] log =
        [
            """{"level":"info","msg":"Recovering from external cluster","sourceName":"orders-backup"}""",
            """{"level":"info","msg":"Target backup found","backup":{"backup_id":"20250507T124953"}}""",
            """{"level":"info","msg":"Starting barman-cloud-restore","options":["s3://bucket/","orders"]}""",
            """{"level":"info","msg":"Restore completed"}""",
            Postgres("starting archive recovery"),
            Postgres("restored log file \\\"00000002.history\\\" from archive"),
            Postgres("restored log file \\\"000000020000000000000005\\\" from archive"),
            Postgres("redo starts at 0/5000028"),
            Postgres("restored log file \\\"000000020000000000000006\\\" from archive"),
            Postgres("redo done at 0/6000110 system usage: CPU: user: 0.00 s"),
            // The last segment is fetched again to find the end of it.
            Postgres("restored log file \\\"000000020000000000000006\\\" from archive"),
            Postgres("selected new timeline ID: 3"),
        ];

        var seen = Read(log, expectedSegments: 2).Where(happened => happened is not RecoveryEvent.Line).ToList();

        Assert.Equal(
            [
                new RecoveryEvent.BackupChosen("p", "20250507T124953"),
                new RecoveryEvent.BaseRestoreStarted("p"),
                new RecoveryEvent.BaseRestored("p"),
                new RecoveryEvent.SegmentRestored("p", WalSegmentName.Parse("000000020000000000000005"), 1, 2),
                new RecoveryEvent.SegmentRestored("p", WalSegmentName.Parse("000000020000000000000006"), 2, 2),
                new RecoveryEvent.RedoDone("p", Lsn.Parse("0/6000110")),
                new RecoveryEvent.TimelineSelected("p", new TimelineId(3)),
            ],
            seen);
    }

    [Fact]
    public void A_target_is_told_in_PostgreSQLs_words()
    {
        var reached = Assert.Single(Read([Postgres("recovery stopping before commit of transaction 745, time 2026-11-22 14:00:00.5+00")], null).OfType<RecoveryEvent.TargetReached>());

        Assert.Equal("recovery stopping before commit of transaction 745, time 2026-11-22 14:00:00.5+00", reached.Words);
    }

    [Fact]
    public void Words_of_PostgreSQL_in_another_programs_line_are_not_progress()
    {
        var seen = Read(["""{"level":"info","logger":"wal-restore","msg":"restored log file \"000000020000000000000006\" from archive"}""", "Restore completed, almost"], null);

        Assert.All(seen, happened => Assert.IsType<RecoveryEvent.Line>(happened));
    }

    [Theory]
    // https://github.com/cloudnative-pg/cloudnative-pg/issues/6470: told at level info, before the error that says less.
    [InlineData("""{"level":"info","logger":"barman-cloud-check-wal-archive","msg":"2024-12-28 04:57:26,914 [23] ERROR: WAL archive check failed for server local: Expected empty archive","pipe":"stderr"}""", ProblemCode.Refused, "Expected empty archive")]
    [InlineData("""{"level":"error","msg":"Error while restoring a backup","error":"no target backup found"}""", ProblemCode.NotFound, "Cannot find backup")]
    [InlineData("""{"level":"error","msg":"Error while restoring a backup","error":"encountered an error while checking the presence of first needed WAL in the archive: file not found 000000010000000000000005: WAL not found"}""", ProblemCode.WalGap, "WAL not found")]
    [InlineData("""{"level":"info","logger":"barman-cloud-wal-restore","msg":"botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied"}""", ProblemCode.AccessDenied, "Access denied")]
    [InlineData("""{"level":"info","logger":"barman-cloud-restore","msg":"ERROR: Can't connect to cloud provider: Could not connect to the endpoint URL: \"https://gw/\""}""", ProblemCode.Unreachable, "cannot be reached")]
    [InlineData("""{"level":"info","logger":"postgres","msg":"record","record":{"error_severity":"FATAL","message":"recovery ended before configured recovery target was reached"}}""", ProblemCode.NotFound, "target does not occur")]
    [InlineData("""{"level":"info","logger":"postgres","msg":"record","record":{"error_severity":"FATAL","message":"database files are incompatible with server","detail":"The data directory was initialized by PostgreSQL version 17, which is not compatible with this version 16.4."}}""", ProblemCode.Refused, "major version")]
    [InlineData("""{"level":"error","msg":"Error invoking barman-cloud-check-wal-archive","error":"exec: \"barman-cloud-check-wal-archive\": executable file not found in $PATH"}""", ProblemCode.Refused, "no barman-cloud programs")]
    public void A_known_failure_is_explained_at_its_first_line(string line, ProblemCode code, string message)
    {
        var failure = Assert.Single(Read([line], null).OfType<RecoveryEvent.FailureRecognized>());

        Assert.Equal(code, failure.Problem.Code);
        Assert.Contains(message, failure.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(LogRecord.Parse(line).Text, failure.Problem.Detail);
    }

    [Theory]
    // The end of every archive: the next segment and the next history are not there.
    [InlineData("""{"level":"info","logger":"wal-restore","msg":"WAL file not found in the recovery object store","walName":"00000002.history","error":"file not found 00000002.history: WAL not found"}""")]
    [InlineData("""{"level":"info","logger":"barman-cloud-check-wal-archive","msg":"barman-cloud-check-wal-archive checking the first wal"}""")]
    [InlineData("""{"level":"error","msg":"Error invoking barman-cloud-check-wal-archive","exitCode":-1,"error":"exit status 1"}""")]
    // What the next attempt may not meet any more is for doctor to tell.
    [InlineData("""{"level":"info","logger":"barman-cloud-wal-restore","msg":"Connection was closed before we received a valid response from endpoint URL: \"https://gw/\"."}""")]
    [InlineData("""{"level":"error","msg":"error while waiting for the API server to be reachable","error":"dial tcp 10.96.0.1:443: i/o timeout"}""")]
    public void What_does_not_say_why_is_no_failure(string line) =>
        Assert.Empty(Read([line], null).OfType<RecoveryEvent.FailureRecognized>());

    private static List<RecoveryEvent> Read(IEnumerable<string> log, int? expectedSegments)
    {
        var lines = new RecoveryLines("p", "full-recovery", expectedSegments);
        return [.. log.SelectMany(line => lines.Read(LogRecord.Parse(line)))];
    }

    private static string Postgres(string message) =>
        """{"level":"info","logger":"postgres","msg":"record","record":{"error_severity":"LOG","message":"MESSAGE"}}""".Replace("MESSAGE", message, StringComparison.Ordinal);
}
