using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace CnpgRestore.Dumps.Folder;

/// <summary>Tells hard links of one file from copies of it: device and inode number, which .NET does not show.</summary>
/// <param name="Device">Major and minor number.</param>
readonly record struct FileIdentity(ulong Device, ulong Inode)
{
    // linux/stat.h: struct statx has the same layout on every processor.
    private const int StatxSize = 256;
    private const int InodeOffset = 32;
    private const int DeviceOffset = 136;
    private const int CurrentFolder = -100;
    private const uint InodeWanted = 0x100;

    /// <summary>Of what a path leads to, symbolic links followed; null where the system does not say.</summary>
    public static FileIdentity? Of(string path)
    {
        var buffer = new byte[StatxSize];
        return OperatingSystem.IsLinux() && Statx(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), flags: 0, InodeWanted, buffer) == 0
            ? new FileIdentity(BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(DeviceOffset)), BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(InodeOffset)))
            : null;
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, byte[] buffer);
}
