using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.LocalRestore;

/// <summary>Drills of a real folder, as a user runs them. What comes back is compared with what the original server said.</summary>
[Collection(nameof(DrillCollection))]
public sealed class DrillTests(DrillFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Brings_everything_back_from_the_bucket_over_two_timelines()
    {
        var result = await DrillProgram.RunAsync(
            $"s3://{fixture.Bucket.Bucket}", Ct, "-e", fixture.S3.Endpoint, "--backup-id", fixture.FirstBackup, "-o", "json");

        Assert.Equal(0, result.Succeeded().ExitCode);
        var evidence = DrillProgram.Evidence(result);
        Assert.Equal(fixture.Last.Rows, DrillProgram.Rows(evidence, "events"));
        Assert.Equal(777, DrillProgram.Rows(evidence, "odd <b>name</b>"));
        Assert.Equal(DrillFixture.SlowRows, DrillProgram.Rows(evidence, "slow"));
        Assert.Equal(fixture.SystemIdentifier, evidence.GetProperty("system_identifier").GetString());
        Assert.Equal(2, evidence.GetProperty("reached_timeline").GetInt32());
        Assert.Equal(evidence.GetProperty("end_of_archive").GetString(), evidence.GetProperty("reached_lsn").GetString());
        Assert.All(evidence.GetProperty("checks").EnumerateArray(), check => Assert.True(check.GetProperty("passed").GetBoolean()));
        Assert.Contains(evidence.GetProperty("checks").EnumerateArray(), check => check.GetProperty("name").GetString() == "pg_amcheck");
    }

    [Fact]
    public async Task Stops_at_each_kind_of_target()
    {
        string[][] targets =
        [
            ["--target-time", fixture.Middle.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", null)],
            ["--target-lsn", fixture.Middle.Lsn],
            ["--target-name", fixture.RestorePoint, "--backup-id", fixture.FirstBackup],
        ];
        foreach (var target in targets)
        {
            var result = await DrillProgram.RunAsync($"file://{fixture.Mirror}", Ct, ["--no-amcheck", "-o", "json", .. target]);

            var evidence = DrillProgram.Evidence(result.Succeeded());
            Assert.Equal(fixture.Middle.Rows, DrillProgram.Rows(evidence, "events"));
            Assert.Equal(1, evidence.GetProperty("reached_timeline").GetInt32());
        }
    }

    [Fact]
    public async Task The_timeline_of_the_base_backup_needs_no_history_file()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        File.Delete(mirror.Find("00000002.history"));

        var result = await DrillProgram.RunAsync(mirror, Ct, "--no-amcheck", "-o", "json");

        Assert.Equal(fixture.Last.Rows, DrillProgram.Rows(DrillProgram.Evidence(result.Succeeded()), "events"));
    }

    [Fact]
    public async Task No_subscription_of_the_backup_may_connect()
    {
        using var folder = new TemporaryFolder("launcher");
        await PostgresUser.OwnAsync(folder.Path, Ct);
        var checks = Path.Combine(folder.Path, "checks.sql");
        await File.WriteAllTextAsync(checks, "select count(*) = 0 from pg_stat_activity where backend_type like 'logical replication%';\n", Ct);

        (await DrillProgram.RunAsync($"file://{fixture.Mirror}", Ct, "--no-amcheck", "--check-sql", checks)).Succeeded();
    }

    [Fact]
    public async Task A_check_that_is_not_true_makes_the_drill_fail_and_stands_encoded_in_the_report()
    {
        using var folder = new TemporaryFolder("report");
        await PostgresUser.OwnAsync(folder.Path, Ct);
        var checks = Path.Combine(folder.Path, "checks.sql");
        var report = Path.Combine(folder.Path, "report.html");
        await File.WriteAllTextAsync(checks, $"select count(*) = {fixture.Last.Rows} from events;\nselect count(*) < 5 from \"odd <b>name</b>\";\n", Ct);

        var result = await DrillProgram.RunAsync($"file://{fixture.Mirror}", Ct, "--no-amcheck", "--check-sql", checks, "--report", report);

        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("FAILED", result.Output, StringComparison.Ordinal);
        var page = await File.ReadAllTextAsync(report, Ct);
        Assert.Contains("odd &lt;b&gt;name&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>name</b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_kept_starts_again_with_the_printed_command()
    {
        using var folder = new TemporaryFolder("keep");
        await PostgresUser.OwnAsync(folder.Path, Ct);
        var to = Path.Combine(folder.Path, "kept");

        var result = await DrillProgram.RunAsync($"file://{fixture.Mirror}", Ct, "--no-amcheck", "--keep", "--to", to);

        await RunningProcesses.UntilNoneNamesAsync(to, Ct);
        var start = result.Succeeded().Output.Split('\n').Single(line => line.TrimStart().StartsWith("start ", StringComparison.Ordinal)).Trim()["start".Length..].Trim();
        (await ToolProcess.RunAsync(PostgresUser.Command("sh", "-c", $"{start} -w >/dev/null 2>&1"), Ct)).Succeeded();
        try
        {
            var rows = await ToolProcess.RunAsync(PostgresUser.Command("psql", "-h", Path.Combine(to, "run"), "-U", "postgres", "-Atc", "SELECT count(*) FROM events"), Ct);
            Assert.Equal(fixture.Last.Rows.ToString(System.Globalization.CultureInfo.InvariantCulture), rows.Succeeded().Output.Trim());
        }
        finally
        {
            await ToolProcess.RunAsync(PostgresUser.Command(Path.Combine(TestEnvironment.PostgresPrograms, "pg_ctl"), "-D", Path.Combine(to, "pgdata"), "-m", "immediate", "stop"), Ct);
        }
    }
}
