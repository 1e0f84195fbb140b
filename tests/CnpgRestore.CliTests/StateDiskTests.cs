using CnpgRestore.CliTests.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>The disk of the state folder is full: nothing is done that the journal does not know, and with more room the same command goes on.</summary>
public sealed class StateDiskTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_full_disk_no_run_begins()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();
        await using var disk = await SmallDisk.MountAsync(scene.State, "16k", Ct);
        await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(Path.Combine(scene.State, "fill"), new byte[1 << 16], Ct));

        var full = await scene.RestoreAsync();

        Assert.True(full.ExitCode == 20, full.Output + full.Error);
        Assert.Contains("No space left on device", full.Error, StringComparison.Ordinal);
        Assert.Contains("make room there, then run the same command again", full.Error, StringComparison.Ordinal);
        Assert.Equal(former, await scene.ContentAsync());
        Assert.Equal([""], await scene.DatabasesAsync());

        await disk.ResizeAsync(1 << 20, Ct);
        (await scene.RestoreAsync()).Succeeded();
        Assert.Equal(scene.Expected, await scene.ContentAsync());
    }

    [Fact]
    public async Task A_journal_that_finds_no_room_in_the_middle_stops_its_run()
    {
        await using var scene = await FromDumpScene.CreateAsync(bed);
        await scene.SpoilAsync();
        var former = await scene.ContentAsync();
        // One page, on which the journal begins with what is decided, this long name in it, and does not end.
        var checks = Path.Combine([scene.Folder, .. Enumerable.Repeat(new string('x', 200), 12), "checks.sql"]);
        Directory.CreateDirectory(Path.GetDirectoryName(checks)!);
        await File.WriteAllTextAsync(checks, "SELECT count(*) = 20000 FROM sales.orders;\n", Ct);
        await using var disk = await SmallDisk.MountAsync(scene.State, "4k", Ct);

        var full = await scene.RestoreAsync("--check-sql", checks);

        Assert.True(full.ExitCode == 20, full.Output + full.Error);
        Assert.Contains("No space left on device", full.Error, StringComparison.Ordinal);
        Assert.Equal(former, await scene.ContentAsync());
        Assert.Single(await scene.DatabasesAsync(), name => name.StartsWith("_restore_", StringComparison.Ordinal));

        await disk.ResizeAsync(1 << 20, Ct);
        (await scene.RunAsync("runs", "resume", scene.Run, "--yes")).Succeeded();
        Assert.Equal(scene.Expected, await scene.ContentAsync());
    }
}
