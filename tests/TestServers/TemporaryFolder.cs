namespace CnpgRestore.TestServers;

/// <summary>A folder of its own below /var/tmp, which other system users can reach and which is on a disk; it is gone after disposal.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const UnixFileMode Traversable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public TemporaryFolder(string purpose)
    {
        // PostgreSQL's socket lies in it, and a socket's path must stay under 108 characters.
        Path = System.IO.Path.Combine("/var/tmp", $"cnpg-restore-{purpose}-{System.IO.Path.GetRandomFileName()}");
        Directory.CreateDirectory(Path);
        File.SetUnixFileMode(Path, Traversable);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
