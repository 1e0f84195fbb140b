using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.LocalRestore;

/// <summary>A file system in memory that is soon full, mounted on a folder that anyone may write to.</summary>
sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _mount;

    private SmallDisk(string mount)
    {
        _mount = mount;
    }

    public static async Task<SmallDisk> MountAsync(string mount, string size, CancellationToken ct)
    {
        Directory.CreateDirectory(mount);
        (await ToolProcess.RunAsync(new ToolCommand("mount", "-t", "tmpfs", "-o", $"size={size},mode=777", "tmpfs", mount), ct)).Succeeded();
        return new SmallDisk(mount);
    }

    public async ValueTask DisposeAsync() => (await ToolProcess.RunAsync(new ToolCommand("umount", _mount), CancellationToken.None)).Succeeded();
}
