using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Tests.Barman;

namespace CnpgRestore.Tests.Plans.FromBackup;

/// <summary>Which folder is read, which one is archived to, and what is renamed in between; on a folder that barman wrote.</summary>
public sealed class FolderChoiceTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 14, 0, 0, TimeSpan.Zero);
    private readonly GoldenFolder _golden = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, Lineage.New, "postgres-v15-20261122t140000z", null, "postgres-v15")]
    [InlineData(false, Lineage.Move, "postgres-v15", "postgres-v15-backup", "postgres-v15-backup")]
    public async Task The_manifest_decides_where_nobody_says_anything(bool carriesNewName, Lineage lineage, string archive, string? moveTo, string source)
    {
        var choice = await DecideAsync(Ask(), "postgres-v15", null, carriesNewName);

        Assert.Equal((lineage, archive, moveTo, source), (choice.Lineage, choice.Archive, choice.MoveTo, choice.Source));
    }

    [Fact]
    public async Task An_empty_archive_is_kept()
    {
        var choice = await DecideAsync(Ask(), "fresh", "postgres-v15", carriesNewName: true);

        Assert.Equal((Lineage.Keep, "fresh", null, "postgres-v15"), (choice.Lineage, choice.Archive, choice.MoveTo, choice.Source));
    }

    [Fact]
    public async Task What_a_failed_attempt_left_in_the_archive_is_moved_aside_and_not_recovered_from()
    {
        _golden.With("../leftover/wals/00000002.history");

        var choice = await DecideAsync(Ask() with { Lineage = Lineage.Move }, "leftover", "postgres-v15", carriesNewName: true);

        Assert.Equal((Lineage.Move, "leftover", "leftover-backup", "postgres-v15"), (choice.Lineage, choice.Archive, choice.MoveTo, choice.Source));
    }

    [Theory]
    [InlineData("postgres-v15", 15, "postgres-v15-20261122t140000z")] // the version of PostgreSQL is no generation
    [InlineData("postgres-v15", null, "postgres-v15-20261122t140000z")] // a manifest without an image: the backup's own version
    [InlineData("postgres-v15", 17, "postgres-v16")]
    [InlineData("orders-v2", 15, "orders-v4")] // orders-v3 is taken
    [InlineData("orders", 15, "orders-20261122t140000z")]
    [InlineData("orders-20250101t000000z", 15, "orders-20261122t140000z")] // not longer each time
    public async Task A_new_name_is_the_next_of_its_kind(string archive, int? major, string expected)
    {
        _golden.With($"../{archive}/wals/00000002.history").With("../orders-v3/wals/00000002.history");

        var choice = await DecideAsync(Ask() with { Lineage = Lineage.New }, archive, archive == "postgres-v15" ? null : "postgres-v15", carriesNewName: false, major);

        Assert.Equal(expected, choice.Archive);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_not_moved_to()
    {
        _golden.With("../postgres-v15-backup/wals/00000002.history");

        Assert.Equal("postgres-v15-backup-2", (await DecideAsync(Ask(), "postgres-v15", "postgres-v15-backup", carriesNewName: false)).MoveTo);
    }

    [Fact]
    public async Task Contradictions_and_missing_backups_are_refused()
    {
        await AssertRefusedAsync(ProblemCode.Usage, Ask() with { Lineage = Lineage.Move, ArchiveName = "new" }, "postgres-v15");
        await AssertRefusedAsync(ProblemCode.Usage, Ask() with { ArchiveName = "postgres-v15" }, "postgres-v15");
        await AssertRefusedAsync(ProblemCode.NotFound, Ask(), "nowhere");
        await AssertRefusedAsync(ProblemCode.NotFound, Ask() with { Source = "nowhere" }, "postgres-v15");
    }

    public void Dispose() => _golden.Dispose();

    private static FromBackupRequest Ask() => new() { Cluster = "orders", Namespace = "shop" };

    private async Task AssertRefusedAsync(ProblemCode code, FromBackupRequest request, string archive) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<RestoreException>(() => DecideAsync(request, archive, null, carriesNewName: true))).Problem.Code);

    private async Task<FolderChoice> DecideAsync(FromBackupRequest request, string archive, string? named, bool carriesNewName, int? major = 15)
    {
        var store = _golden.Store;
        var names = (await CnpgRestore.Barman.ServerFolders.ListAsync(store, Ct)).Select(folder => folder.Name).ToHashSet(StringComparer.Ordinal);
        return FolderChoice.Decide(
            request,
            await FolderState.ReadAsync(store, archive, Ct),
            named is null ? null : await FolderState.ReadAsync(store, named, Ct),
            carriesNewName,
            names,
            major,
            Now);
    }
}
