using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Tests.Kubernetes;

/// <summary>Lines as users of CNPG posted them.</summary>
public sealed class LogRecordTests
{
    // https://github.com/cloudnative-pg/cloudnative-pg/issues/5177
    private const string Redo =
        """{"level":"info","ts":"2024-07-28T06:56:04Z","logger":"postgres","msg":"record","logging_pod":"cnpg-foo-db-frombackup8-1-full-recovery","record":{"log_time":"2024-07-28 06:56:04.689 UTC","process_id":"40","error_severity":"LOG","sql_state_code":"00000","message":"redo done at 0/8C000410 system usage: CPU: user: 0.00 s, system: 0.00 s, elapsed: 1.07 s","backend_type":"startup","query_id":"0"}}""";

    // https://github.com/cloudnative-pg/cloudnative-pg/issues/1313
    private const string NoBackup =
        """{"level":"error","ts":1673244415.7991278,"msg":"Error while restoring a backup","logging_pod":"odoo-db-1","error":"no target backup found","stacktrace":"github.com/cloudnative-pg"}""";

    [Fact]
    public void A_record_of_PostgreSQL_is_its_own_message()
    {
        var line = LogRecord.Parse(Redo);

        Assert.True(line.IsFromPostgres);
        Assert.Equal("LOG", line.Severity);
        Assert.StartsWith("redo done at 0/8C000410 system usage", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_of_the_operator_has_a_message_and_a_cause()
    {
        var line = LogRecord.Parse(NoBackup);

        Assert.Equal(("error", "", "Error while restoring a backup: no target backup found"), (line.Level, line.Logger, line.Text));
        Assert.False(line.IsFromPostgres);
    }

    [Fact]
    public void Of_a_field_that_a_logger_wrote_twice_the_last_counts() =>
        Assert.Equal("second", LogRecord.Parse("""{"msg":"first","name":"a","name":"b","msg":"second"}""").Message);

    [Fact]
    public void Half_of_a_character_is_no_text() => Assert.Equal(("", "error"), (LogRecord.Parse("""{"level":"error","msg":"\ud800"}""").Message, LogRecord.Parse("""{"level":"error","msg":"\ud800"}""").Level));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{not json}")]
    [InlineData("tar: Removing leading `/' from member names")]
    public void A_line_that_is_no_JSON_is_its_own_message(string text) => Assert.Equal(text, LogRecord.Parse(text).Message);

    [Fact]
    public void The_chosen_backup_is_read_from_the_line_that_names_it()
    {
        var line = LogRecord.Parse(
            """{"level":"info","msg":"Target backup found","logging_pod":"orders-1-full-recovery","backup":{"backup_name":"backup-20250507124951","begin_wal":"000000010000000000000005","backup_id":"20250507T124953","timeline":1}}""");

        Assert.Equal("20250507T124953", line.BackupId);
    }
}
