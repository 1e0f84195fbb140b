using System.Formats.Tar;
using System.IO.Compression;
using System.IO.Pipelines;
using CnpgRestore.LocalRestore;

namespace CnpgRestore.Tests.LocalRestore;

public sealed class TarExtractionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnpg-restore-test-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Writes_the_members_with_the_modes_that_PostgreSQL_demands()
    {
        await ExtractAsync(Tar(("./PG_VERSION", "15\n"), ("base/1/112", "page")));

        Assert.Equal("page", await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "base/1/112"), Ct));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.FullName, "PG_VERSION")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.Combine(_folder.FullName, "base")));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("base/../../outside")]
    [InlineData("/etc/outside")]
    public async Task Refuses_a_member_that_leads_out_of_the_directory(string name)
    {
        var refused = await Assert.ThrowsAsync<RestoreException>(() => ExtractAsync(Tar((name, "x"))));

        Assert.Contains(name, refused.Problem.Detail, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.Parent!.FullName, "outside")));
    }

    [Fact]
    public async Task Refuses_a_file_that_is_there_twice()
    {
        var refused = await Assert.ThrowsAsync<RestoreException>(() => ExtractAsync(Tar(("PG_VERSION", "15"), ("PG_VERSION", "16"))));

        Assert.Contains("already restored", refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a file that is the directory itself", "./")]
    [InlineData("a file below a file", "PG_VERSION", "PG_VERSION/1")]
    [InlineData("a file where a directory is", "base/1/112", "base/1")]
    [InlineData("a name that is longer than any disk takes", "base/*")]
    public async Task Refuses_what_no_data_directory_holds(string what, params string[] names)
    {
        var members = names.Select(name => (name.Replace("*", new string('n', 300), StringComparison.Ordinal), "x")).ToArray();

        var refused = await Assert.ThrowsAsync<RestoreException>(() => ExtractAsync(Tar(members)));

        Assert.True(refused.Problem.Code == ProblemCode.Differences, what);
    }

    [Theory]
    [InlineData(124, "\u0080")]
    [InlineData(124, "\u00ff\u00ff\u00ff\u00ff")]
    [InlineData(156, "L")]
    [InlineData(156, "x")]
    public async Task Refuses_a_header_that_cannot_be(int offset, string bytes)
    {
        var tar = Tar(("PG_VERSION", "15\n"));
        var header = tar.AsSpan(tar.AsSpan().IndexOf("PG_VERSION\0"u8), 512);
        System.Text.Encoding.Latin1.GetBytes(bytes).CopyTo(header[offset..]);
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var value in header)
        {
            sum += value;
        }

        System.Text.Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ").CopyTo(header[148..]);

        Assert.Equal(ProblemCode.Differences, (await Assert.ThrowsAsync<RestoreException>(() => ExtractAsync(tar))).Problem.Code);
    }

    [Fact]
    public async Task Leaves_symbolic_links_out_and_names_them()
    {
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "pg_log") { LinkName = "/var/log" }, Ct);
        }

        Assert.Equal(["pg_log"], await ExtractAsync(tar.ToArray()));
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task A_tar_that_is_cut_anywhere_before_its_end_blocks_is_noticed()
    {
        var tar = Tar(("PG_VERSION", "15\n"), ("base/1/112", new string('p', 700)), ("backup_label", "START"));
        const int endBlocks = 1024;
        for (var length = 0; length <= tar.Length - endBlocks; length += 100)
        {
            await AssertNoticedAsync(tar[..length]);
        }

        // Right between the last member and the end blocks.
        await AssertNoticedAsync(tar[..^endBlocks]);
    }

    [Fact]
    public async Task A_compressed_tar_that_is_cut_in_its_members_is_noticed()
    {
        var gzip = Gzip(Tar(("base/1/112", Noise(20_000)), ("backup_label", Noise(2000))));
        for (var length = 0; length < gzip.Length - 100; length += 997)
        {
            await AssertNoticedAsync(gzip[..length], compressed: true);
        }
    }

    [Fact]
    public async Task A_compressed_tar_with_a_wrong_checksum_behind_the_last_member_is_noticed()
    {
        var gzip = Gzip(Tar(("backup_label", "START")));
        gzip[^6] ^= 0x55;

        await AssertNoticedAsync(gzip, compressed: true);
    }

    private async Task AssertNoticedAsync(byte[] damaged, bool compressed = false)
    {
        var target = _folder.CreateSubdirectory(Path.GetRandomFileName());
        // A download cannot seek, and a stream that can would let TarReader jump over what is missing.
        await using var download = PipeReader.Create(new MemoryStream(damaged)).AsStream();
        await using var content = compressed ? new GZipStream(download, CompressionMode.Decompress) : download;

        var refused = await Assert.ThrowsAsync<RestoreException>(() => TarExtraction.ExtractAsync(() => Task.FromResult<Stream>(content), "data.tar", target.FullName, Ct));

        Assert.Equal(ProblemCode.Differences, refused.Problem.Code);
    }

    private async Task<IReadOnlyList<string>> ExtractAsync(byte[] tar)
    {
        using var content = new MemoryStream(tar);
        return await TarExtraction.ExtractAsync(() => Task.FromResult<Stream>(content), "data.tar", _folder.FullName, Ct);
    }

    private static byte[] Tar(params (string Name, string Content)[] members)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)) });
            }
        }

        return tar.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    private static string Noise(int length)
    {
        var random = new Random(length);
        return string.Create(length, random, (span, source) => source.GetItems("abcdefghijklmnopqrstuvwxyz0123456789", span));
    }
}
