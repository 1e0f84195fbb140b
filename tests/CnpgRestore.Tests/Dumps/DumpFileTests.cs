using System.IO.Compression;
using System.Text;
using CnpgRestore.Dumps;

namespace CnpgRestore.Tests.Dumps;

/// <summary>What a dump is as a file, before anything in it is read.</summary>
public sealed class DumpFileTests : IDisposable
{
    private static readonly DateTime Night = new(2026, 3, 1, 2, 0, 0, DateTimeKind.Utc);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-dump-file-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dump_in_a_folder_is_as_large_as_its_files_and_as_young_as_the_youngest()
    {
        Write("app.dir/toc.dat", "PGDMP"u8, Night);
        Write("app.dir/1.dat", "rows"u8, Night.AddMinutes(5));
        Write("app.dir/inner/2.dat", "not of it"u8, Night.AddDays(1));

        var dump = await DumpFile.OpenAsync(Path.Combine(_folder.FullName, "app.dir"), Ct);

        Assert.Equal((DumpFormat.Directory, 9L, new DateTimeOffset(Night.AddMinutes(5))), (dump.Format, dump.Size.Bytes, dump.LastWritten));
    }

    [Theory]
    [InlineData("app.dump", "PGDMP", 4)]
    [InlineData("app.tar", "ustar", 1)]
    [InlineData("app.dump.gz", "PGDMP", 1)]
    public async Task Several_connections_load_only_what_they_can_seek_in(string name, string magic, int jobs)
    {
        var content = magic == "ustar" ? [.. new byte[257], .. "ustar"u8, .. new byte[250]] : Encoding.ASCII.GetBytes(magic);
        Write(name, name.EndsWith(".gz", StringComparison.Ordinal) ? Packed(content) : content, Night);

        Assert.Equal(jobs, ArchiveInput.JobsOf(await DumpFile.OpenAsync(Path.Combine(_folder.FullName, name), Ct), 4));
    }

    [Theory]
    [InlineData("\0", DumpFormat.Unknown)]
    [InlineData("SELECT\0", DumpFormat.Unknown)]
    [InlineData("7 rows", DumpFormat.Unknown)]
    [InlineData("\n\\connect app\n", DumpFormat.Plain)]
    [InlineData(" \n\t", DumpFormat.Plain)]
    public async Task Text_begins_as_sql_does_and_has_no_zero_byte(string text, DumpFormat format)
    {
        Write("app", Encoding.ASCII.GetBytes(text), Night);

        Assert.Equal(format, (await DumpFile.OpenAsync(Path.Combine(_folder.FullName, "app"), Ct)).Format);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private void Write(string name, ReadOnlySpan<byte> content, DateTime written)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content.ToArray());
        File.SetLastWriteTimeUtc(path, written);
    }
}
