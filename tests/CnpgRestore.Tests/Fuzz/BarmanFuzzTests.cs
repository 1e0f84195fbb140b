using System.Text;
using CnpgRestore.Barman;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Findings;
using CnpgRestore.Barman.Wal;
using CnpgRestore.Postgres;
using CnpgRestore.Tests.Barman;

namespace CnpgRestore.Tests.Fuzz;

public sealed class BarmanFuzzTests
{
    private static readonly ServerFolder Folder = ServerFolder.Named("s");

    [Fact]
    public void Backup_infos() => new Fuzzer("backup.info", FuzzSeeds.Files("barman", "backup.info"))
    {
        Tokens = ["=", "\n", "None", "[", "(", ")", "]", "'", "\"", "\\x", "\\u", "\\U0010FFFF", "\\ud800", ",", "('x', 16384, '/t')", "tablespaces=[", "backup_label='", "+14:00", "begin_time=0001-01-01 00:00:00+14:00"],
    }.Run(input =>
    {
        var info = BackupInfoParser.Parse(Encoding.UTF8.GetString(input));
        _ = info.MissingForRestore;
        Assert.Equal(info.Extent is null, info.MissingForRestore.Count > 0);
    });

    [Fact]
    public void Names() => new Fuzzer("names below a server folder", FuzzSeeds.Of(
        "000000010000000000000002.gz", "00000002.history.bz2", "00000001000000000000000C.partial.xz", "00000002000000000000000D.00000028.backup.lz4", "data.tar.gz", "data_0001.tar", "16384_0002.tar.snappy"))
    {
        Tokens = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".snappy", ".history", ".partial", ".backup", ".tar", "_", "data", "000000010000000000000002"],
        LargestInput = 1024,
    }.Run(input =>
    {
        var name = Encoding.UTF8.GetString(input);
        ServerFolder.ParseTar(name);
        if (ServerFolder.ParseWalFile(name) is WalFile.Segment(var segment, var compression))
        {
            Assert.Equal(name, Folder.Segment(segment, compression).Name, ignoreCase: true);
        }
    });

    /// <summary>One strange name must not stop the look at everything else.</summary>
    [Fact]
    public void Folders() => new Fuzzer("server folder", FuzzSeeds.Of(
        "wals/0000000100000000/000000010000000000000002.gz\nwals/0000000100000000/000000010000000000000003\nwals/0000000100000000/000000010000000000000006\nwals/00000002.history\nwals/0000000200000000/000000020000000000000003\nbase/20260301T020000/backup.info\nbase/20260301T020000/data.tar",
        "wals/00000001FFFFFFFF/00000001FFFFFFFF000000FE\nwals/00000001FFFFFFFF/00000001FFFFFFFF000000FF\nwals/00000001FFFFFFFF/00000001FFFFFFFF00000FFF\nwals/FFFFFFFFFFFFFFFF/FFFFFFFFFFFFFFFFFFFFFFFF\nwals/0000000000000000/000000000000000000000000"))
    {
        Tokens = ["/", "\n", "base/", "wals/", ".gz", ".history", "FFFFFFFF", "00000000", "20260301T020000", "data.tar", ".partial", "/backup.info"],
        LargestInput = 2048,
    }.Run(async input =>
    {
        var keys = Encoding.UTF8.GetString(input).Split('\n').Where(name => name.Length > 0 && name[^1] != '/' && !name.Contains("//", StringComparison.Ordinal) && name[0] != '/').Distinct();
        using var store = new ScriptedStore(keys.ToDictionary(key => $"s/{key}", _ => input, StringComparer.Ordinal));
        var archive = await WalArchive.ScanAsync(store, Folder, CancellationToken.None);
        var catalog = (await BackupCatalog.ReadAsync(store, Folder, CancellationToken.None)).JudgedWith(archive);
        _ = FolderFindings.Of(catalog, archive);
        foreach (var coverage in archive.Timelines.Select(timeline => archive.Coverage(timeline, WalSegmentSize.Default)))
        {
            Assert.All(coverage.Runs, run => Assert.True(coverage.Contains(coverage.Name(run.First)) && coverage.Contains(coverage.Name(run.Last))));
        }
    });
}
