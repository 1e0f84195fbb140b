using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Compression;
using CnpgRestore.Postgres;
using CnpgRestore.Tests.Postgres;

namespace CnpgRestore.Tests.Barman;

public sealed class LastCommitTests
{
    [Theory]
    [InlineData(16, "2026-11-22T17:52:50.350359Z", 1)]
    [InlineData(15, "2026-11-22T17:52:46.318293Z", 1)]
    [InlineData(14, "2026-11-22T17:52:25.871215Z", 3)]
    [InlineData(10, "2026-11-22T17:51:51.901958Z", 3)]
    public async Task Goes_back_to_the_last_segment_with_a_commit(ulong end, string commit, int read)
    {
        using var golden = new GoldenFolder();
        var tail = await FindAsync(golden, end);
        Assert.Equal((TargetTime.Parse(commit).Moment, read), (tail.LastCommit, tail.SegmentsRead));
        Assert.Null(tail.Damage);
    }

    [Fact]
    public async Task A_rollback_later_than_the_last_commit_is_an_end_of_a_transaction_too()
    {
        using var golden = new GoldenFolder();
        Assert.Equal(TargetTime.Parse("2026-11-22T17:52:46.454325Z").Moment, (await FindAsync(golden, 15)).LastEnd);
    }

    [Fact]
    public async Task A_rollback_behind_the_last_commit_is_not_forgotten_on_the_way_back_to_it()
    {
        var size = WalSegmentSize.FromBytes(WalSegmentSize.Smallest);
        var commit = new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
        var server = ServerFolder.Named("s");
        var names = Enumerable.Range(7, 4).Select(number => WalSegmentName.FromNumber(new TimelineId(1), (ulong)number, size)).ToList();
        var objects = names.Select((name, index) => (Name: name, Wal: index == 0
            ? WrittenWal.Commit(name, size, commit, length: 300)
            : WrittenWal.Abort(name, size, commit.AddMinutes(index), length: 300)));
        using var store = new ScriptedStore(objects.ToDictionary(item => server.Segment(item.Name, ArchiveCompression.None).Value, item => Assert.Single(item.Wal)));
        var extent = new BackupExtent(
            new TimelineId(1), names[0], names[0], names[0].FirstLsn(size), names[0].EndLsn(size), commit, commit, size, new SystemIdentifier(WrittenWal.SystemId), PostgresVersion.Parse("15.0"));
        var backup = new BaseBackup { Id = BackupId.Parse("20260301T090000"), Info = null, Tars = [], State = BackupState.Usable };
        var path = new RecoveryPath(backup, extent, TimelineHistory.WithoutAncestors(new TimelineId(1)), [new WalLeg(names[0], names[^1], SwitchLsn: null)]);

        var tail = await LastCommit.FindAsync(store, server, path, TestContext.Current.CancellationToken);

        Assert.Equal((commit, commit.AddMinutes(3), 4), (tail.LastCommit, tail.LastEnd, tail.SegmentsRead));
        Assert.Null(tail.Damage);
    }

    [Fact]
    public async Task The_last_record_is_that_of_the_last_segment()
    {
        using var golden = new GoldenFolder();
        var last = (await FindAsync(golden, 14)).LastRecord;
        Assert.True(WalSegmentName.Parse("00000002000000000000000E").Contains(last!.Value, WalSegmentSize.Default));
    }

    [Fact]
    public async Task Where_there_is_no_commit_the_first_segment_of_the_path_ends_the_search()
    {
        using var golden = new GoldenFolder();
        var tail = await FindAsync(golden, 3);
        Assert.Equal((null, null, 2), (tail.LastCommit, tail.LastEnd, tail.SegmentsRead));
    }

    [Fact]
    public async Task WAL_of_another_database_system_is_damage()
    {
        using var golden = new GoldenFolder().Replace($"base/{GoldenFolder.FirstBackup}/backup.info", "systemid=7711054909860330953", "systemid=1");
        Assert.Contains("is of database system 7711054909860330953, the base backup of 1", (await FindAsync(golden, 16)).Damage, StringComparison.Ordinal);
    }

    private static async Task<WalTail> FindAsync(GoldenFolder golden, ulong end)
    {
        var (catalog, archive) = await golden.ReadAsync();
        var path = RecoveryRoute.Find(catalog.Usable.First(), archive).Path!.UpTo(end);
        return await LastCommit.FindAsync(golden.Store, golden.Folder, path, TestContext.Current.CancellationToken);
    }
}
