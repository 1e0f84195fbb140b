using System.Globalization;

namespace CnpgRestore.TestServers;

/// <summary>A file system in memory that is soon full, mounted on a folder that anyone may write to.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _mount;

    private SmallDisk(string mount)
    {
        _mount = mount;
    }

    /// <param name="size">As mount(8) takes it: <c>24m</c>.</param>
    public static async Task<SmallDisk> MountAsync(string mount, string size, CancellationToken ct)
    {
        Directory.CreateDirectory(mount);
        (await ToolProcess.RunAsync(new ToolCommand("mount", "-t", "tmpfs", "-o", $"size={size},mode=777", "tmpfs", mount), ct)).Succeeded();
        return new SmallDisk(mount);
    }

    public async Task ResizeAsync(long bytes, CancellationToken ct) => (await ToolProcess.RunAsync(
        new ToolCommand("mount", "-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={bytes}"), _mount), ct)).Succeeded();

    public async ValueTask DisposeAsync() => (await ToolProcess.RunAsync(new ToolCommand("umount", "--lazy", _mount), CancellationToken.None)).Succeeded();
}
