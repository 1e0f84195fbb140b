using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;

namespace CnpgRestore.Tests.Barman;

public sealed class BackupCatalogTests
{
    [Fact]
    public async Task Tells_good_failed_and_crashed_backups_apart()
    {
        using var golden = new GoldenFolder();
        var (catalog, _) = await golden.ReadAsync();
        Assert.Equal(
            [
                (GoldenFolder.FirstBackup, BackupState.Usable),
                (GoldenFolder.FailedBackup, BackupState.Failed),
                (GoldenFolder.CrashedBackup, BackupState.Crashed),
                (GoldenFolder.SecondBackup, BackupState.Usable),
            ],
            catalog.Backups.Select(backup => (backup.Id.ToString(), backup.State)));
    }

    [Fact]
    public async Task Groups_the_tars_by_tablespace_and_part()
    {
        using var golden = new GoldenFolder().With($"base/{GoldenFolder.FirstBackup}/data_0001.tar.gz").With($"base/{GoldenFolder.FirstBackup}/data_0002.tar.gz");
        var (catalog, _) = await golden.ReadAsync();
        var backup = catalog.Find(BackupId.Parse(GoldenFolder.FirstBackup))!;
        Assert.Equal([null, 16384u], backup.Tars.Select(series => series.TablespaceOid));
        Assert.Equal(["data.tar.gz", "data_0001.tar.gz", "data_0002.tar.gz"], backup.Tars[0].Parts.Select(part => part.Object.Key.Name));
        Assert.Equal(BackupState.Usable, backup.State);
    }

    [Fact]
    public async Task A_backup_is_as_large_as_all_its_tars()
    {
        using var golden = new GoldenFolder();
        var before = (await golden.ReadAsync()).Catalog.Find(BackupId.Parse(GoldenFolder.FirstBackup))!;
        var after = (await golden.With($"base/{GoldenFolder.FirstBackup}/data_0001.tar.gz", "12345").ReadAsync()).Catalog.Find(before.Id)!;

        Assert.Equal(before.Size.Bytes + 5, after.Size.Bytes);
        Assert.True(before.Size.Bytes > before.Tars[0].Parts[0].Object.Size);
        Assert.Equal(GoldenFolder.LastArchived, before.LastModified?.UtcDateTime);
        Assert.True(after.LastModified > before.LastModified);
    }

    [Fact]
    public async Task The_size_of_a_segment_is_the_one_that_the_backups_were_made_with()
    {
        var id = GoldenFolder.SecondBackup;
        using var golden = new GoldenFolder().Replace($"base/{id}/backup.info", "xlog_segment_size=16777216", "xlog_segment_size=67108864");
        var (catalog, _) = await golden.ReadAsync();

        Assert.Equal(67108864u, catalog.SegmentSize.Bytes);
        Assert.Equal(67108864u, catalog.Find(BackupId.Parse(id))!.Extent!.SegmentSize.Bytes);
    }

    [Theory]
    [InlineData("base/20261122T175123/data.tar.gz", "data.tar is missing")]
    [InlineData("base/20261122T175123/16384.tar.gz", "16384.tar of tablespace tbs1 is missing")]
    [InlineData("wals/0000000100000000/000000010000000000000002.gz", "WAL segment 000000010000000000000002 is missing, and without 000000010000000000000002 to 000000010000000000000002 it is not consistent")]
    public async Task Says_what_is_missing(string key, string why)
    {
        using var golden = new GoldenFolder().Without(key);
        Assert.Equal((BackupState.Incomplete, why), await JudgeAsync(golden));
    }

    [Fact]
    public async Task Sees_a_hole_in_the_numbering_of_the_tars()
    {
        using var golden = new GoldenFolder().With($"base/{GoldenFolder.FirstBackup}/data_0002.tar.gz");
        Assert.Equal((BackupState.Incomplete, "part 1 of a tar is missing"), await JudgeAsync(golden));
    }

    [Fact]
    public async Task Sees_a_part_that_is_there_in_two_compressions()
    {
        using var golden = new GoldenFolder().With($"base/{GoldenFolder.FirstBackup}/data.tar.bz2");
        Assert.Equal((BackupState.Incomplete, "part 0 of a tar is there twice"), await JudgeAsync(golden));
    }

    [Fact]
    public async Task Sees_an_empty_tar()
    {
        using var golden = new GoldenFolder().With($"base/{GoldenFolder.FirstBackup}/data.tar.gz", "");
        Assert.Equal((BackupState.Incomplete, "data.tar.gz is empty"), await JudgeAsync(golden));
    }

    [Theory]
    [InlineData("status=DONE", "status=STARTED", BackupState.Failed, "the status is Started, not Done")]
    [InlineData("status=DONE", "status=FAILED", BackupState.Failed, "barman reports FAILED without a reason")]
    [InlineData("status=DONE", "status=", BackupState.Unreadable, "backup.info has no status that can be understood")]
    [InlineData("end_wal=000000010000000000000002", "end_wal=None", BackupState.Unreadable, "backup.info lacks end_wal")]
    [InlineData("tablespaces=[", "tablespaces=?", BackupState.Unreadable, "the tablespaces in backup.info cannot be understood")]
    public async Task Trusts_only_a_backup_info_that_says_enough(string old, string fresh, BackupState state, string why)
    {
        using var golden = new GoldenFolder().Replace($"base/{GoldenFolder.FirstBackup}/backup.info", old, fresh);
        Assert.Equal((state, why), await JudgeAsync(golden));
    }

    [Fact]
    public async Task Names_folders_that_are_no_backups()
    {
        using var golden = new GoldenFolder().With("base/old/data.tar");
        Assert.Equal(["old"], (await golden.ReadAsync()).Catalog.StrayFolders);
    }

    [Fact]
    public async Task An_absent_folder_has_no_backups()
    {
        using var store = ScriptedStore.OfNames([]);
        Assert.Empty((await BackupCatalog.ReadAsync(store, ServerFolder.Named("s"), TestContext.Current.CancellationToken)).Backups);
    }

    private static async Task<(BackupState State, string? Why)> JudgeAsync(GoldenFolder golden)
    {
        var (catalog, _) = await golden.ReadAsync();
        var backup = catalog.Find(BackupId.Parse(GoldenFolder.FirstBackup))!;
        return (backup.State, backup.Why);
    }
}
