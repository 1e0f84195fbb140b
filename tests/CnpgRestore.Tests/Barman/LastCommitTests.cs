using CnpgRestore.Barman.Recovery;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Postgres;

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
