using System.Buffers.Binary;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.LocalRestore;

/// <summary>What a drill says of a backup that does not restore, or of a machine where it cannot be tried. Each leaves nothing behind.</summary>
[Collection(nameof(DrillCollection))]
public sealed class DrillRefusalTests(DrillFixture fixture) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new("refused");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string To => Path.Combine(_folder.Path, "drill");

    public async ValueTask InitializeAsync() => await PostgresUser.OwnAsync(_folder.Path, Ct);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_truncated_tar()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        var tar = mirror.Find("data.tar");
        await using (var file = new FileStream(tar, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        await AssertRefusedAsync(mirror, 3, "data.tar.gz is damaged");
    }

    [Fact]
    public async Task A_damaged_gzip_stream()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        var tar = mirror.Find("data.tar");
        var bytes = await File.ReadAllBytesAsync(tar, Ct);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.Length / 2), 0xDEADBEEF);
        await File.WriteAllBytesAsync(tar, bytes, Ct);

        await AssertRefusedAsync(mirror, 3, "is damaged");
    }

    [Fact]
    public async Task A_missing_segment_in_front_of_the_end_of_the_archive()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        File.Delete(mirror.Find(fixture.Middle.Segment));

        await AssertRefusedAsync(mirror, 14, fixture.Middle.Segment, "--backup-id", fixture.FirstBackup);
    }

    [Fact]
    public async Task A_damaged_segment_that_PostgreSQL_would_take_for_the_end_of_WAL()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        await File.WriteAllBytesAsync(mirror.Find(fixture.Middle.Segment), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], Ct);

        await AssertRefusedAsync(mirror, 14, fixture.Middle.Segment, "--backup-id", fixture.FirstBackup);
    }

    [Fact]
    public async Task A_segment_with_content_of_another_place_is_no_silent_early_end()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        File.Copy(mirror.Find(fixture.Last.Segment), mirror.Find(fixture.Middle.Segment), overwrite: true);

        var result = await DrillProgram.RunAsync(mirror, Ct, "--backup-id", fixture.FirstBackup, "--no-amcheck", "--to", To);

        // PostgreSQL takes it for the end of WAL and opens the database: the drill's own proof is what tells.
        Assert.True(
            result.ExitCode == 3 && result.Output.Contains("FAILED          reached what was asked for: asked for the end of the archive", StringComparison.Ordinal),
            $"{result.ExitCode}\n{result.Output}{result.Error}");
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_target_behind_the_last_commit()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        await AssertRefusedAsync(mirror, 10, "target time", "--target-time", "2199-01-01T00:00:00Z");
    }

    [Fact]
    public async Task A_restore_point_that_does_not_exist()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        await AssertRefusedAsync(mirror, 10, "the recovery target does not occur", "--target-name", "never");
    }

    [Fact]
    public async Task A_tablespace_made_after_the_base_backup_in_a_folder_that_this_machine_has()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        fixture.AddLaterSegment(mirror);
        var mine = Path.Combine(fixture.LaterTablespace, "mine");
        try
        {
            await PostgresUser.CreateFolderAsync(fixture.LaterTablespace, Ct);
            await File.WriteAllTextAsync(mine, "mine", Ct);

            await AssertRefusedAsync(mirror, 15, $"the drill would write into {fixture.LaterTablespace}, a folder of this machine", "--no-amcheck");

            Assert.Equal([mine], Directory.EnumerateFileSystemEntries(fixture.LaterTablespace));
        }
        finally
        {
            Directory.Delete(fixture.LaterTablespace, recursive: true);
        }
    }

    [Fact]
    public async Task A_tablespace_made_after_the_base_backup_in_a_folder_that_this_machine_has_not()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        fixture.AddLaterSegment(mirror);

        await AssertRefusedAsync(mirror, 15, "a tablespace was created after this base backup, and its folder cannot be used on this machine", "--no-amcheck");
    }

    [Fact]
    public async Task A_full_disk()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        Requirement.That(Environment.IsPrivilegedProcess, "mounting a small file system needs root");
        await using var disk = await SmallDisk.MountAsync(To, "24m", Ct);

        var result = await DrillProgram.RunAsync(mirror, Ct, "--to", To);

        Assert.Equal(20, result.ExitCode);
        Assert.Contains("no space left", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(To));
    }

    [Fact]
    public async Task A_folder_that_is_not_empty_and_stays_as_it_was()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        Directory.CreateDirectory(To);
        await File.WriteAllTextAsync(Path.Combine(To, "mine"), "mine", Ct);
        await PostgresUser.OwnAsync(To, Ct);

        var result = await DrillProgram.RunAsync(mirror, Ct, "--to", To);

        Assert.Equal(15, result.ExitCode);
        Assert.Contains("is not empty", result.Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(To, "mine"), Ct));
    }

    [Fact]
    public async Task A_machine_without_this_major_version()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        foreach (var backup in Directory.EnumerateFiles(mirror.Path, "backup.info", SearchOption.AllDirectories))
        {
            var lines = await File.ReadAllLinesAsync(backup, Ct);
            await File.WriteAllLinesAsync(backup, lines.Select(line => line.StartsWith("version=", StringComparison.Ordinal) ? "version=120005" : line), Ct);
        }

        await AssertRefusedAsync(mirror, 15, "PostgreSQL 12 is not installed here");
    }

    [Fact]
    public async Task A_folder_without_the_programs()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        await AssertRefusedAsync(mirror, 15, "is not installed here", "--pg-bindir", "/usr/bin");
    }

    [Fact]
    public async Task The_superuser_of_the_machine()
    {
        using var mirror = await fixture.CopyAsync(Ct);
        Requirement.That(Environment.IsPrivilegedProcess, "only root is refused");
        var result = await ToolProcess.RunAsync(new ToolCommand(NativeProgram.Path, "drill", "--server", DrillFixture.Server, "-b", $"file://{mirror.Path}"), Ct);

        Assert.Equal(15, result.ExitCode);
        Assert.Contains("runuser -u postgres", result.Error, StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(DrillMirror mirror, int exitCode, string words, params string[] arguments)
    {
        var result = await DrillProgram.RunAsync(mirror, Ct, ["--to", To, .. arguments]);

        Assert.True(exitCode == result.ExitCode && result.Error.Contains(words, StringComparison.Ordinal), $"{result.ExitCode}\n{result.Output}{result.Error}");
        await AssertNothingLeftAsync();
    }

    private async Task AssertNothingLeftAsync()
    {
        await RunningProcesses.UntilNoneNamesAsync(To, Ct);
        Assert.False(Directory.Exists(To));
    }
}
