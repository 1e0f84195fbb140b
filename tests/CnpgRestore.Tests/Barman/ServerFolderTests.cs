using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Compression;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Postgres;
using CnpgRestore.Tests.Postgres;
using CsCheck;

namespace CnpgRestore.Tests.Barman;

public sealed class ServerFolderTests
{
    private static readonly ServerFolder Folder = ServerFolder.Named("postgres-v17");
    private static readonly WalSegmentName Segment = WalSegmentName.Parse("00000001000000000000000A");

    [Fact]
    public void Knows_the_keys_that_barman_writes()
    {
        var id = BackupId.Parse("20260301T020000");
        Assert.Equal("postgres-v17/base/20260301T020000/backup.info", Folder.BackupInfo(id).Value);
        Assert.Equal("postgres-v17/wals/0000000100000000/", Folder.WalLevel(Segment).Value);
        Assert.Equal("postgres-v17/wals/0000000100000000/00000001000000000000000A.zst", Folder.Segment(Segment, ArchiveCompression.Zstd).Value);
        Assert.Equal("postgres-v17/wals/0000000A.history.bz2", Folder.TimelineHistory(new TimelineId(10), ArchiveCompression.Bzip2).Value);
    }

    [Fact]
    public void Reads_back_every_segment_name_that_it_writes() =>
        Gen.Select(PostgresGen.Segment(WalSegmentSize.Default), Gen.Enum<ArchiveCompression>()).Sample((segment, compression) =>
            ServerFolder.ParseWalFile(Folder.Segment(segment, compression).Name) == new WalFile.Segment(segment, compression));

    [Fact]
    public void Reads_back_every_history_name_that_it_writes() =>
        Gen.Select(PostgresGen.Timeline, Gen.Enum<ArchiveCompression>()).Sample((timeline, compression) =>
            ServerFolder.ParseWalFile(Folder.TimelineHistory(timeline, compression).Name) == new WalFile.TimelineHistory(timeline, compression));

    [Fact]
    public void Knows_partial_segments_and_backup_histories()
    {
        Assert.Equal(new WalFile.Partial(Segment, ArchiveCompression.Gzip), ServerFolder.ParseWalFile("00000001000000000000000A.partial.gz"));
        Assert.Equal(new WalFile.BackupHistory(Segment, 0x28, ArchiveCompression.None), ServerFolder.ParseWalFile("00000001000000000000000A.00000028.backup"));
    }

    [Theory]
    [InlineData("00000001000000000000000A.gz.gz")]
    [InlineData("00000001000000000000000A.gz.bz2")]
    [InlineData("00000002.history.gz.gz")]
    public void Knows_what_was_compressed_twice(string name) => Assert.Equal(new WalFile.Stray(DoublyCompressed: true), ServerFolder.ParseWalFile(name));

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    [InlineData("README")]
    [InlineData("00000001000000000000000A.tmp")]
    [InlineData("00000001000000000000000A.gz.gz.gz")]
    [InlineData("00000001000000000000000.gz")]
    [InlineData("00000001000000000000000A.28.backup")]
    [InlineData("00000001000000000000000A-00000028.backup")]
    [InlineData("00000001000000000000000A.00000028.restor")]
    [InlineData("00000001000000000000000A.0000002X.backup")]
    [InlineData("000000002.history")]
    [InlineData("0000000X.history")]
    [InlineData("00000001000000000000000A.partial.partial")]
    public void Everything_else_is_a_stray(string name) => Assert.Equal(new WalFile.Stray(DoublyCompressed: false), ServerFolder.ParseWalFile(name));

    [Theory]
    [InlineData("0000000100000000", true)]
    [InlineData("000000010000000a", true)]
    [InlineData("000000010000000X", false)]
    [InlineData("00000001", false)]
    [InlineData("00000001000000000", false)]
    public void A_level_of_segments_has_sixteen_hexadecimal_digits(string name, bool isLevel) => Assert.Equal(isLevel, ServerFolder.IsWalLevel(Folder.Wals.Folder(name)));

    [Theory]
    [InlineData("data.tar", null, 0, ArchiveCompression.None)]
    [InlineData("data_0001.tar.gz", null, 1, ArchiveCompression.Gzip)]
    [InlineData("data_0012.tar.bz2", null, 12, ArchiveCompression.Bzip2)]
    [InlineData("16400.tar.snappy", 16400u, 0, ArchiveCompression.Snappy)]
    [InlineData("16400_0003.tar.lz4", 16400u, 3, ArchiveCompression.Lz4)]
    public void Knows_the_tars_of_a_backup(string name, uint? oid, int part, ArchiveCompression compression) =>
        Assert.Equal(new TarName(oid, part, compression), ServerFolder.ParseTar(name));

    [Theory]
    [InlineData("backup.info")]
    [InlineData("backup_label")]
    [InlineData("data.zip")]
    [InlineData("data_x.tar")]
    [InlineData("database.tar")]
    [InlineData("-1.tar")]
    public void Knows_what_is_no_tar(string name) => Assert.Null(ServerFolder.ParseTar(name));

    [Fact]
    public void Never_throws_on_any_name() => Gen.String.Sample(name => _ = (ServerFolder.ParseWalFile(name), ServerFolder.ParseTar(name)));

    [Fact]
    public async Task Finds_the_server_folders_of_a_bucket()
    {
        using var store = ScriptedStore.OfNames(["a/base/20260301T020000/backup.info", "b/wals/00000002.history", "other/file", "loose"]);
        Assert.Equal(["a", "b"], (await ServerFolders.ListAsync(store, TestContext.Current.CancellationToken)).Select(folder => folder.Name));
    }

    [Fact]
    public async Task The_only_folder_needs_no_name() =>
        Assert.Equal("a", (await ChooseAsync(null, "a/wals/00000002.history")).Name);

    [Fact]
    public async Task Several_folders_need_a_name()
    {
        var problem = await RefusalAsync(null, "a/wals/x", "b/wals/x");
        Assert.Equal((ProblemCode.Usage, "a, b"), (problem.Code, problem.Detail));
    }

    [Fact]
    public async Task A_wrong_name_is_answered_with_the_closest_right_one()
    {
        var problem = await RefusalAsync("postgres-v17", "app/wals/x", "postgres-v17-backup/wals/x");
        Assert.Equal(ProblemCode.NotFound, problem.Code);
        Assert.StartsWith("Source folder does not exist: postgres-v17/", problem.Message, StringComparison.Ordinal);
        Assert.Equal("cnpg-restore backups list --server postgres-v17-backup", problem.Hint);
    }

    [Fact]
    public async Task A_name_in_an_empty_bucket_asks_for_the_bucket()
    {
        var problem = await RefusalAsync("postgres-v17", "notes.txt");
        Assert.Equal((ProblemCode.NotFound, "the bucket holds no server folder at all"), (problem.Code, problem.Detail));
    }

    [Fact]
    public async Task An_empty_bucket_says_so() => Assert.StartsWith("Cannot find backup", (await RefusalAsync(null)).Message, StringComparison.Ordinal);

    private static async Task<ServerFolder> ChooseAsync(string? name, params string[] keys)
    {
        using var store = ScriptedStore.OfNames(keys);
        return await ServerFolders.ChooseAsync(store, name, TestContext.Current.CancellationToken);
    }

    private static async Task<Problem> RefusalAsync(string? name, params string[] keys) =>
        (await Assert.ThrowsAsync<RestoreException>(() => ChooseAsync(name, keys))).Problem;
}
