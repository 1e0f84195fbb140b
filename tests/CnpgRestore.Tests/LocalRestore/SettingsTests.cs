using CnpgRestore.LocalRestore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.LocalRestore;

public sealed class SettingsTests : IDisposable
{
    private const string ControlOutput = """
        Database system identifier:           7711049121264615744
        max_connections setting:              120
        max_worker_processes setting:         8
        max_wal_senders setting:              10
        max_prepared_xacts setting:           3
        max_locks_per_xact setting:           64
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_five_limits_are_those_of_the_original_server()
    {
        var settings = Settings(new RecoveryTarget.Latest());

        Assert.Contains("max_connections = '120'\n", settings, StringComparison.Ordinal);
        Assert.Contains("max_prepared_transactions = '3'\n", settings, StringComparison.Ordinal);
        Assert.Contains("max_locks_per_transaction = '64'\n", settings, StringComparison.Ordinal);
        Assert.Contains("recovery_target_timeline = '2'\n", settings, StringComparison.Ordinal);
        Assert.DoesNotContain("recovery_target_inclusive", settings, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("time 2026-03-01T10:00:00.5Z", "recovery_target_time = '2026-03-01 10:00:00.500000+00'\nrecovery_target_inclusive = 'on'")]
    [InlineData("lsn 16/B374D848 exclusive", "recovery_target_lsn = '16/B374D848'\nrecovery_target_inclusive = 'off'")]
    [InlineData("xid 7342", "recovery_target_xid = '7342'\nrecovery_target_inclusive = 'on'")]
    [InlineData("name it's noon", "recovery_target_name = 'it''s noon'")]
    [InlineData("immediate", "recovery_target = 'immediate'")]
    public void Each_target_is_written_as_PostgreSQL_reads_it(string target, string lines) =>
        Assert.Contains(lines, Settings(RecoveryTarget.Parse(target)), StringComparison.Ordinal);

    [Fact]
    public void A_control_file_with_a_wrong_checksum_is_not_believed() =>
        Assert.Null(ControlData.TryParse("WARNING: Calculated CRC checksum does not match value stored in file.\n" + ControlOutput));

    [Fact]
    public void Modules_come_from_the_file_that_counted_last_and_only_where_they_are_installed()
    {
        var modules = _folder.CreateSubdirectory("lib");
        Write("lib/pg_stat_statements.so", "");
        Write("postgresql.conf", "#shared_preload_libraries = 'none'\nshared_preload_libraries = 'old'\n");
        Write("custom.conf", "shared_preload_libraries = 'pg_stat_statements, timescaledb'\n");

        var libraries = PreloadLibraries.Read(_folder.FullName, modules.FullName);

        Assert.Equal(["pg_stat_statements"], libraries.Installed);
        Assert.Equal(["timescaledb"], libraries.Missing);
    }

    [Fact]
    public void What_acts_by_itself_is_not_loaded_although_it_is_installed()
    {
        var modules = _folder.CreateSubdirectory("lib");
        Write("lib/pg_cron.so", "");
        Write("lib/pglogical.so", "");
        Write("lib/pg_stat_statements.so", "");
        Write("custom.conf", "shared_preload_libraries = 'pg_cron, pg_stat_statements, $libdir/pglogical, pg_partman_bgw'\n");

        var libraries = PreloadLibraries.Read(_folder.FullName, modules.FullName);

        Assert.Equal(["pg_stat_statements"], libraries.Installed);
        Assert.Empty(libraries.Missing);
        Assert.Equal(["pg_cron", "$libdir/pglogical", "pg_partman_bgw"], libraries.LeftOut);
    }

    [Fact]
    public void No_subscription_and_no_scheduler_gets_a_worker()
    {
        Assert.Contains("max_logical_replication_workers = '0'\n", Settings(new RecoveryTarget.Latest()), StringComparison.Ordinal);
        Assert.Contains("timescaledb.max_background_workers = '0'\n", Settings(new RecoveryTarget.Latest(), "timescaledb"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_restore_command_survives_every_character_of_a_path() =>
        Assert.Equal(
            """'/opt/50%%/it'\''s' 'wal-fetch' '/tmp/a b/wal' %f "%p" """.TrimEnd(),
            RestoreCommand.For(["/opt/50%/it's", "wal-fetch"], "/tmp/a b/wal"));

    [Theory]
    [InlineData("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n", 150014)]
    [InlineData("postgres (PostgreSQL) 18beta1\n", 180000)]
    public void Reads_the_version_of_an_installed_server(string output, int number) =>
        Assert.Equal(number, PostgresBinaries.ParseVersion(output)?.Number);

    private static string Settings(RecoveryTarget target, params string[] libraries) =>
        new RecoveryConfiguration(ControlData.TryParse(ControlOutput)!, new PreloadLibraries(libraries, [], []), target, new TimelineId(2), "true").Settings("/tmp/run");

    private void Write(string name, string content) => File.WriteAllBytes(Path.Combine(_folder.FullName, name), System.Text.Encoding.UTF8.GetBytes(content));
}
