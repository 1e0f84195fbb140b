using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Barman;

/// <summary>On the folder that barman wrote, with the times that pg_waldump gives for its segments.</summary>
public sealed class TargetCheckTests
{
    private const string SecondWal = "wals/0000000100000000/000000010000000000000006.gz";

    [Theory]
    [InlineData("latest", GoldenFolder.SecondBackup)]
    [InlineData("immediate", GoldenFolder.SecondBackup)]
    [InlineData("time 2026-11-22T17:52:50.350358Z", GoldenFolder.SecondBackup)]
    [InlineData("time 2026-11-22T17:52:50.350359Z exclusive", GoldenFolder.SecondBackup)]
    [InlineData("time 2026-11-22T17:52:38.905821Z", GoldenFolder.SecondBackup)]
    [InlineData("time 2026-11-22T17:52:38.905820Z", GoldenFolder.FirstBackup)]
    [InlineData("time 2026-11-22T17:51:32.300433Z", GoldenFolder.FirstBackup)]
    [InlineData("lsn 0/D000100", GoldenFolder.SecondBackup)]
    [InlineData("lsn 0/D0000FF", GoldenFolder.FirstBackup)]
    [InlineData("lsn 0/100000A8", GoldenFolder.SecondBackup)]
    [InlineData("name barman_20261122T175123", GoldenFolder.FirstBackup)]
    [InlineData("name barman_20261122T175234", GoldenFolder.SecondBackup)]
    public async Task Proves_that_a_target_is_reachable_from_the_newest_backup_that_leads_to_it(string target, string backup)
    {
        using var golden = new GoldenFolder();
        var answer = Assert.IsType<Reachability.Reachable>(await CheckAsync(golden, target));
        Assert.Equal(backup, answer.Path.Backup.Id.ToString());
    }

    [Theory]
    [InlineData("time 2026-11-22T17:52:50.350359Z", "the last one ended at 2026-11-22T17:52:50.350359Z (segment 000000020000000000000010)")]
    [InlineData("time 2027-01-01T00:00:00Z", "the last one ended at 2026-11-22T17:52:50.350359Z")]
    [InlineData("time 2026-11-22T17:51:32.300432Z", "it ended at 2026-11-22T17:51:32.300433Z")]
    [InlineData("lsn 0/20000FF", "it is consistent from 0/2000100 on")]
    [InlineData("lsn 0/100000F1", "the last record in the archive begins at")]
    [InlineData("lsn 0/11000000", "the archive ends with 000000020000000000000010, before 0/11000000")]
    public async Task Refutes_a_target_outside_the_archive(string target, string detail)
    {
        using var golden = new GoldenFolder();
        var answer = Assert.IsType<Reachability.Unreachable>(await CheckAsync(golden, target));
        Assert.Equal(ProblemCode.NotFound, answer.Problem.Code);
        Assert.StartsWith(detail, answer.Problem.Detail, StringComparison.Ordinal);
        Assert.Null(answer.FirstMissing);
    }

    [Theory]
    [InlineData("xid 730")]
    [InlineData("name point_2")]
    public async Task Says_what_only_a_replay_can_tell_and_starts_where_it_cannot_miss(string target)
    {
        using var golden = new GoldenFolder();
        var answer = Assert.IsType<Reachability.Unproven>(await CheckAsync(golden, target));
        Assert.Equal(GoldenFolder.FirstBackup, answer.Path.Backup.Id.ToString());
    }

    [Theory]
    [InlineData("xid 730")]
    [InlineData("name point_2")]
    public async Task What_only_a_replay_can_tell_is_looked_for_from_a_backup_with_all_its_WAL(string target)
    {
        using var golden = new GoldenFolder().Without(SecondWal);
        var free = Assert.IsType<Reachability.Unproven>(await CheckAsync(golden, target));
        Assert.Equal(GoldenFolder.SecondBackup, free.Path.Backup.Id.ToString());
    }

    [Fact]
    public async Task What_only_a_replay_can_tell_is_said_with_where_the_replay_would_end()
    {
        using var golden = new GoldenFolder().Without(SecondWal);
        var pinned = Assert.IsType<Reachability.Unproven>(await CheckAsync(golden, "xid 730", GoldenFolder.FirstBackup));
        Assert.Equal("only a replay knows where transaction ids commit; everything that a replay needs is there, up to the missing segment 000000010000000000000006", pinned.Why);
        using var whole = new GoldenFolder();
        var unbroken = Assert.IsType<Reachability.Unproven>(await CheckAsync(whole, "xid 730", GoldenFolder.FirstBackup));
        Assert.EndsWith("everything that a replay needs is there", unbroken.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_point_of_a_person_behind_a_gap_is_said_with_where_the_replay_would_end()
    {
        using var golden = new GoldenFolder().Without(SecondWal);
        var pinned = Assert.IsType<Reachability.Unproven>(await CheckAsync(golden, "name point_2", GoldenFolder.FirstBackup));
        Assert.Equal("only a replay knows where restore points are; everything that a replay needs is there, up to the missing segment 000000010000000000000006", pinned.Why);
    }

    [Theory]
    [InlineData(SecondWal, GoldenFolder.SecondBackup, "000000010000000000000006")]
    [InlineData("wals/0000000100000000/000000010000000000000004.gz", GoldenFolder.FirstBackup, "000000010000000000000004")]
    public async Task A_restore_point_of_barman_that_can_only_be_behind_a_gap_is_not_reachable(string missing, string marked, string first)
    {
        using var golden = new GoldenFolder().Without(missing);
        var answer = Assert.IsType<Reachability.Unreachable>(await CheckAsync(golden, $"name barman_{marked}", GoldenFolder.FirstBackup));
        Assert.Equal((ProblemCode.WalGap, first), (answer.Problem.Code, answer.FirstMissing.ToString()));
        Assert.Equal($"WAL segment {first} is missing, in front of restore point barman_{marked}", answer.Problem.Message);
    }

    [Theory]
    [InlineData("damaged", "cannot be read: ")]
    [InlineData(null, "cannot be read: this is not WAL segment 000000010000000000000004")]
    public async Task A_restore_point_in_a_segment_that_cannot_be_read_is_unproven(string? content, string why)
    {
        const string Wals = "wals/0000000100000000/0000000100000000000000";
        using var golden = new GoldenFolder().Without($"{Wals}04.gz");
        _ = content is null ? golden.WithCopy($"{Wals}05.gz", $"{Wals}04.gz") : golden.With($"{Wals}04.gz", content);
        var answer = Assert.IsType<Reachability.Unproven>(await CheckAsync(golden, "name barman_20261122T175123"));
        Assert.StartsWith($"WAL segment 000000010000000000000004 {why}", answer.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_point_of_an_older_backup_lies_before_a_pinned_one()
    {
        using var golden = new GoldenFolder();
        var answer = Assert.IsType<Reachability.Unreachable>(await CheckAsync(golden, "name barman_20261122T175123", GoldenFolder.SecondBackup));
        Assert.Equal(ProblemCode.NotFound, answer.Problem.Code);
        Assert.StartsWith("it marks the end of an older backup, at 0/2000100", answer.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_point_of_a_backup_that_is_gone_may_be_anywhere()
    {
        using var golden = new GoldenFolder();
        var answer = Assert.IsType<Reachability.Unproven>(await CheckAsync(golden, "name barman_20200101T000000"));
        Assert.Equal(GoldenFolder.FirstBackup, answer.Path.Backup.Id.ToString());
        Assert.StartsWith("only a replay knows where restore points are", answer.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_point_of_barman_is_found_in_the_segment_that_holds_it()
    {
        using var golden = new GoldenFolder();
        var answer = Assert.IsType<Reachability.Reachable>(await CheckAsync(golden, "name barman_20261122T175123"));
        Assert.Equal("000000010000000000000004", answer.Path.LastSegment.ToString());
        Assert.Equal("the restore point is in 000000010000000000000004, at 0/4000028", answer.Proof);
    }

    [Fact]
    public async Task An_LSN_in_the_middle_needs_the_segments_up_to_the_next_record()
    {
        using var golden = new GoldenFolder();
        var answer = Assert.IsType<Reachability.Reachable>(await CheckAsync(golden, "lsn 0/9000000"));
        Assert.Equal("00000001000000000000000A", answer.Path.LastSegment.ToString());
    }

    [Fact]
    public async Task In_front_of_a_gap_the_last_commit_decides()
    {
        using var golden = new GoldenFolder().Without(SecondWal);
        Assert.IsType<Reachability.Reachable>(await CheckAsync(golden, "time 2026-11-22T17:51:43.294438Z"));

        var answer = Assert.IsType<Reachability.Unreachable>(await CheckAsync(golden, "time 2026-11-22T17:51:43.294439Z"));
        Assert.Equal(ProblemCode.WalGap, answer.Problem.Code);
        Assert.Equal("000000010000000000000006", answer.FirstMissing.ToString());
        Assert.Contains("the last transaction before the gap ended at 2026-11-22T17:51:43.294439Z", answer.Problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lsn 0/6000000")]
    [InlineData("lsn 0/C000000")]
    [InlineData("latest")]
    public async Task A_gap_in_front_of_the_target_names_its_first_segment(string target)
    {
        using var golden = new GoldenFolder().Without(SecondWal);
        var answer = Assert.IsType<Reachability.Unreachable>(await CheckAsync(golden, target, GoldenFolder.FirstBackup));
        Assert.Equal((ProblemCode.WalGap, "000000010000000000000006"), (answer.Problem.Code, answer.FirstMissing.ToString()));
        Assert.Equal("000000010000000000000005", answer.Path!.LastSegment.ToString());
    }

    [Fact]
    public async Task A_gap_before_the_newest_backup_does_not_matter_to_it()
    {
        using var golden = new GoldenFolder().Without(SecondWal);
        Assert.IsType<Reachability.Reachable>(await CheckAsync(golden, "latest"));
    }

    [Fact]
    public async Task A_pinned_backup_is_the_only_choice()
    {
        using var golden = new GoldenFolder();
        var older = Assert.IsType<Reachability.Reachable>(await CheckAsync(golden, "latest", GoldenFolder.FirstBackup));
        Assert.Equal(GoldenFolder.FirstBackup, older.Path.Backup.Id.ToString());
        Assert.IsType<Reachability.Unreachable>(await CheckAsync(golden, "time 2026-11-22T17:52:00Z", GoldenFolder.SecondBackup));
    }

    [Theory]
    [InlineData(GoldenFolder.FailedBackup, "base backup 20261122T175153 is not usable")]
    [InlineData(GoldenFolder.CrashedBackup, "base backup 20261122T175201 is not usable")]
    [InlineData("20200101T000000", "Cannot find backup 20200101T000000 in postgres-v15/")]
    public async Task A_pinned_backup_must_be_usable(string backup, string message)
    {
        using var golden = new GoldenFolder();
        var answer = Assert.IsType<Reachability.Unreachable>(await CheckAsync(golden, "latest", backup));
        Assert.Equal((ProblemCode.NotFound, message), (answer.Problem.Code, answer.Problem.Message));
    }

    [Fact]
    public async Task Without_a_usable_backup_nothing_is_reachable()
    {
        using var golden = new GoldenFolder().Without($"base/{GoldenFolder.FirstBackup}/data.tar.gz").Without($"base/{GoldenFolder.SecondBackup}/backup.info");
        var answer = Assert.IsType<Reachability.Unreachable>(await CheckAsync(golden, "latest"));
        Assert.StartsWith("Cannot find backup", answer.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_last_segment_that_cannot_be_read_proves_nothing()
    {
        using var golden = new GoldenFolder().With("wals/0000000200000000/000000020000000000000010.bz2", "damaged");
        var answer = Assert.IsType<Reachability.Unproven>(await CheckAsync(golden, "time 2026-11-22T17:52:47Z"));
        Assert.StartsWith("WAL segment 000000020000000000000010 cannot be read", answer.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_an_archive_whose_last_segment_cannot_be_read_is_unproven()
    {
        using var golden = new GoldenFolder().With("wals/0000000200000000/000000020000000000000010.bz2", "damaged");
        var answer = Assert.IsType<Reachability.Unproven>(await CheckAsync(golden, "latest"));
        Assert.StartsWith("WAL segment 000000020000000000000010 cannot be read", answer.Why, StringComparison.Ordinal);
        Assert.Equal(GoldenFolder.SecondBackup, answer.Path.Backup.Id.ToString());
    }

    private static async Task<Reachability> CheckAsync(GoldenFolder golden, string target, string? backup = null)
    {
        var (catalog, archive) = await golden.ReadAsync();
        BackupId? pinned = backup is null ? null : BackupId.Parse(backup);
        return await new TargetCheck(golden.Store, catalog, archive).RunAsync(RecoveryTarget.Parse(target), pinned, TestContext.Current.CancellationToken);
    }
}
