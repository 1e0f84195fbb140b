using CnpgRestore.Barman.Backups;
using CnpgRestore.Postgres;
using CnpgRestore.Tests.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Barman;

public sealed class BackupInfoParserTests
{
    private static readonly string Done = File.ReadAllText(Golden.Path("barman", "postgres-v15", "base", GoldenFolder.FirstBackup, "backup.info"));

    [Fact]
    public void Reads_what_barman_wrote()
    {
        var info = BackupInfoParser.Parse(Done);

        Assert.Equal(BackupStatus.Done, info.Status);
        Assert.Equal(Time("2026-11-22T17:51:23.746403Z"), info.BeginTime);
        Assert.Equal(Time("2026-11-22T17:51:32.300433Z"), info.EndTime);
        Assert.Equal("000000010000000000000002", info.BeginWal.ToString());
        Assert.Equal("000000010000000000000002", info.EndWal.ToString());
        Assert.Equal(Lsn.Parse("0/2000028"), info.BeginLsn);
        Assert.Equal(Lsn.Parse("0/2000100"), info.EndLsn);
        Assert.Equal(new TimelineId(1), info.Timeline);
        Assert.Equal(new PostgresVersion(150020), info.Version);
        Assert.Equal(new SystemIdentifier(7711054909860330953), info.SystemId);
        Assert.Equal(WalSegmentSize.Default, info.SegmentSize);
        Assert.True(info.DataChecksums is null or true);
        Assert.Equal([new Tablespace("tbs1", 16384, "/var/tmp/barman-golden/pg/ts1")], info.Tablespaces);
        Assert.Equal("/var/tmp/barman-golden/pg/data", info.DataDirectory);
        Assert.StartsWith("START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\nCHECKPOINT LOCATION: 0/2000060\n", info.Label, StringComparison.Ordinal);
        Assert.EndsWith("START TIMELINE: 1\n", info.Label, StringComparison.Ordinal);
        Assert.Null(info.Error);
        Assert.Null(info.Name);
        Assert.Empty(info.Malformed);
        Assert.NotNull(info.Extent);
    }

    [Fact]
    public void Reads_what_barman_wrote_of_a_failure()
    {
        var info = BackupInfoParser.Parse(File.ReadAllText(Golden.Path("barman", "postgres-v15", "base", GoldenFolder.FailedBackup, "backup.info")));

        Assert.Equal(BackupStatus.Failed, info.Status);
        Assert.Equal("failure uploading data ([Errno 13] Permission denied: '/var/tmp/barman-golden/pg/data/base/5/16392')", info.Error);
        Assert.Null(info.Extent);
        Assert.Equal(["end_wal", "end_xlog", "end_time"], info.MissingForRestore);
        Assert.False(info.LooksFinishedToCnpg);
    }

    [Fact]
    public void Passes_over_what_a_newer_barman_adds()
    {
        var info = BackupInfoParser.Parse("future_field={'a': [1, 2]}\n# a comment\n\nno equals sign\n" + Done);
        Assert.Equal(BackupInfoParser.Parse(Done).Extent, info.Extent);
        Assert.Empty(info.Malformed);
    }

    [Theory]
    [InlineData("cluster_size=24117248", 24117248L)]
    [InlineData("cluster_size=None", null)]
    [InlineData("", null)]
    public void The_size_on_disk_is_read_where_barman_notes_it(string line, long? size) => Assert.Equal(size, BackupInfoParser.Parse(line).ClusterSize?.Bytes);

    [Theory]
    [InlineData("EMPTY", BackupStatus.Empty)]
    [InlineData("STARTED", BackupStatus.Started)]
    [InlineData("WAITING_FOR_WALS", BackupStatus.WaitingForWals)]
    [InlineData("SYNCING", BackupStatus.Syncing)]
    [InlineData("FAILED", BackupStatus.Failed)]
    public void Every_status_of_barman_is_known(string text, BackupStatus expected) => Assert.Equal(expected, BackupInfoParser.Parse($"status={text}").Status);

    [Theory]
    [InlineData("on", true)]
    [InlineData("off", false)]
    public void Checksums_are_on_or_off(string text, bool expected) => Assert.Equal(expected, BackupInfoParser.Parse($"data_checksums={text}").DataChecksums);

    [Theory]
    [InlineData(@"'a\r\n\t\\\'\""'", "a\r\n\t\\'\"")]
    [InlineData(@"""it's""", "it's")]
    [InlineData(@"'\xe9\u20ac\U0001f600'", "é€😀")]
    [InlineData(@"'\q'", @"\q")]
    public void A_label_is_read_as_Python_reads_it(string literal, string expected) => Assert.Equal(expected, BackupInfoParser.Parse($"backup_label={literal}").Label);

    [Theory]
    [InlineData("'")]
    [InlineData(@"'\")]
    [InlineData(@"'\x4")]
    [InlineData(@"'\ud800'")]
    [InlineData("[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]")]
    [InlineData("[1")]
    [InlineData("(1]")]
    [InlineData("'a' 'b'")]
    public void What_Python_would_not_read_is_malformed(string literal) => Assert.Equal(["backup_label"], BackupInfoParser.Parse($"backup_label={literal}").Malformed);

    [Theory]
    [InlineData("[]", 0, 0)]
    [InlineData("[('a', 16384, '/a'), ('b', 16385, '/b', None)]", 2, 0)]
    [InlineData("[('a', -1, '/a')]", 0, 1)]
    [InlineData("[('a', 4294967296, '/a')]", 0, 1)]
    [InlineData("[('a', '16384', '/a'), ('b', 16385, '/b')]", 1, 1)]
    [InlineData("[None]", 0, 1)]
    public void A_tablespace_has_a_name_an_oid_and_a_place(string literal, int read, int malformed)
    {
        var info = BackupInfoParser.Parse($"tablespaces={literal}");
        Assert.Equal((read, malformed), (info.Tablespaces.Count, info.Malformed.Count));
    }

    [Fact]
    public void Values_may_hold_an_equals_sign() => Assert.Equal("a=b", BackupInfoParser.Parse("error=a=b").Error);

    [Fact]
    public void Remembers_what_it_could_not_understand() =>
        Assert.Equal(["status", "begin_wal"], BackupInfoParser.Parse("status=WONDERFUL\nbegin_wal=xyz\nend_wal=None\n").Malformed);

    [Theory]
    [InlineData("2025-05-07 12:49:53+00:00", "2025-05-07T12:49:53Z")]
    [InlineData("2025-05-07 12:49:53.627847+02:00", "2025-05-07T10:49:53.627847Z")]
    [InlineData("2025-05-07 12:49:53", "2025-05-07T12:49:53Z")]
    public void Reads_times_with_and_without_fraction_and_offset(string text, string utc) =>
        Assert.Equal(Time(utc), BackupInfoParser.Parse($"end_time={text}").EndTime);

    [Theory]
    [InlineData("Wed May  7 12:49:53 2025")]
    [InlineData("05/07/2025 12:49:53")]
    public void Guesses_no_time(string text) => Assert.Equal(["end_time"], BackupInfoParser.Parse($"end_time={text}").Malformed);

    [Theory]
    [InlineData("""'it\'s\n\ta \\ and \x41\u00e4'""", "it's\n\ta \\ and Aä")]
    [InlineData("""
        "it's"
        """, "it's")]
    [InlineData("""'\q'""", "\\q")]
    public void Reads_Python_strings(string literal, string expected) => Assert.Equal(expected, BackupInfoParser.Parse($"backup_label={literal}").Label);

    [Theory]
    [InlineData("'open")]
    [InlineData("'a' 'b'")]
    [InlineData("""'\x4'""")]
    [InlineData("[1, 2")]
    [InlineData("{}")]
    public void Knows_what_is_no_literal(string literal) => Assert.Equal(["backup_label"], BackupInfoParser.Parse($"backup_label={literal}").Malformed);

    [Fact]
    public void Reads_several_tablespaces() => Assert.Equal(
        [new Tablespace("a b", 16400, "/x, y"), new Tablespace("o'clock", 4294967295, "/z")],
        BackupInfoParser.Parse("""tablespaces=[('a b', 16400, '/x, y'), ("o'clock", 4294967295, '/z',)]""").Tablespaces);

    [Theory]
    [InlineData("[('a', -1, '/x')]")]
    [InlineData("[('a', 16400)]")]
    [InlineData("['a']")]
    [InlineData("nonsense")]
    public void A_tablespace_that_cannot_be_understood_is_not_lost_silently(string literal) =>
        Assert.Equal(["tablespaces"], BackupInfoParser.Parse($"tablespaces={literal}").Malformed);

    [Fact]
    public void Never_throws_on_any_text() => Gen.String.Sample(text => _ = BackupInfoParser.Parse(text).Extent);

    [Fact]
    public void Never_throws_on_any_value() => Gen.Select(PostgresGen.OneOf(Done.Split('\n').Select(line => line.Split('=')[0]).ToArray()), Gen.String).Sample((key, value) =>
        _ = BackupInfoParser.Parse($"{Done}\n{key}={value}").Extent);

    [Fact]
    public void Never_throws_on_a_torn_file() => Gen.Int[0, Done.Length].Sample(length => _ = BackupInfoParser.Parse(Done[..length]).Extent);

    [Fact]
    public void Deep_nesting_is_refused_and_not_followed() =>
        Assert.Equal(["tablespaces"], BackupInfoParser.Parse("tablespaces=" + new string('[', 100_000)).Malformed);

    private static DateTimeOffset Time(string text) => TargetTime.Parse(text).Moment;
}
