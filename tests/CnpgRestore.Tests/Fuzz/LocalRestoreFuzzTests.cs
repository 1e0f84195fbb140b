using System.Formats.Tar;
using System.Text;
using CnpgRestore.LocalRestore;

namespace CnpgRestore.Tests.Fuzz;

public sealed class LocalRestoreFuzzTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-fuzz-");
    private int _count;

    /// <summary>Nothing is ever written outside of the directory.</summary>
    [Fact]
    public void Tars() => new Fuzzer("tar", [Tar(TarEntryFormat.Pax), Tar(TarEntryFormat.Ustar), Tar(TarEntryFormat.Gnu), Tar(TarEntryFormat.V7)])
    {
        Tokens = ["../", "/", "./", "..", "\0", "ustar", "ustar  \0", "00000000644\0", "77777777777\0", "\u0080\0\0\0", "path=../x\n", "16 size=99999999\n", "x", "L", "g", "5", "2"],
        LargestInput = 24 << 10,
    }.Run(async input =>
    {
        var target = _folder.CreateSubdirectory($"{_count++}/data");
        try
        {
            await TarExtraction.ExtractAsync(() => Task.FromResult<Stream>(new MemoryStream(input)), "data.tar", target.FullName, CancellationToken.None);
        }
        finally
        {
            Assert.Equal(["data"], target.Parent!.EnumerateFileSystemInfos().Select(entry => entry.Name));
            target.Parent.Delete(recursive: true);
        }
    });

    [Fact]
    public void Recovery_logs() => new Fuzzer("log of a recovery", FuzzSeeds.Of(
        "2026-11-22 18:00:00 UTC [1] LOG:  recovery stopping before commit of transaction 745, time 2026-11-22 17:52:00.1+00\nLOG:  last completed transaction was at log time 2026-11-22 17:51:59.3+00\nFATAL:  recovery ended before configured recovery target was reached\nLOG:  database system is ready to accept connections\n"))
    {
        Tokens = ["\n", "FATAL:  ", "PANIC:  ", "recovery stopping ", "last completed transaction was at log time ", "0001-01-01 00:00:00+14", "No space left on device", "database system is ready to accept connections"],
    }.Run(input =>
    {
        var log = new RecoveryLog();
        foreach (var line in Encoding.UTF8.GetString(input).Split('\n'))
        {
            log.Add(line);
        }

        Assert.NotNull(log.Explain().Message);
    });

    [Fact]
    public void Control_data() => new Fuzzer("pg_controldata", FuzzSeeds.Of(
        "Database system identifier:           7423456789012345678\nmax_connections setting:              100\nmax_worker_processes setting:         8\nmax_wal_senders setting:              10\nmax_prepared_xacts setting:           0\nmax_locks_per_xact setting:           64\n"))
    {
        Tokens = [":", "\n", "max_connections setting:", "WARNING: Calculated CRC checksum does not match value stored in file."],
        LargestInput = 4096,
    }.Run(input =>
    {
        if (ControlData.TryParse(Encoding.UTF8.GetString(input)) is { } data)
        {
            Assert.Equal(5, data.Limits.Count);
        }
    });

    public void Dispose() => _folder.Delete(recursive: true);

    private static byte[] Tar(TarEntryFormat format)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, format, leaveOpen: true))
        {
            writer.WriteEntry(Entry(format, TarEntryType.Directory, "base", ""));
            var file = format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
            writer.WriteEntry(Entry(format, file, "base/1/112", "page"));
            writer.WriteEntry(Entry(format, file, format is TarEntryFormat.V7 or TarEntryFormat.Ustar ? "pg_wal/0" : $"pg_wal/{new string('n', 130)}", new string('p', 700)));
            writer.WriteEntry(Entry(format, TarEntryType.SymbolicLink, "pg_log", ""));
        }

        return tar.ToArray();
    }

    private static TarEntry Entry(TarEntryFormat format, TarEntryType type, string name, string content)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, name),
            _ => new PaxTarEntry(type, name),
        };
        if (type == TarEntryType.SymbolicLink)
        {
            entry.LinkName = "/var/log";
        }
        else if (type != TarEntryType.Directory)
        {
            entry.DataStream = new MemoryStream(Encoding.ASCII.GetBytes(content));
        }

        return entry;
    }
}
