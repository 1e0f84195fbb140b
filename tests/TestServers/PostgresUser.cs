namespace CnpgRestore.TestServers;

/// <summary>The system user that PostgreSQL's programs run as: <c>postgres</c> when the tests run as root, which PostgreSQL refuses, else oneself.</summary>
public static class PostgresUser
{
    public static ToolCommand Command(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? new ToolCommand("runuser", ["-u", "postgres", "--", program, .. arguments])
        : new ToolCommand(program, arguments);

    /// <summary>Makes the user the owner of a folder and everything in it.</summary>
    public static async Task OwnAsync(string folder, CancellationToken ct)
    {
        if (Environment.IsPrivilegedProcess)
        {
            (await ToolProcess.RunAsync(new ToolCommand("chown", "-R", "postgres:postgres", folder), ct)).Succeeded();
        }
    }

    /// <summary>Creates a folder that only the user can enter, as PostgreSQL demands it of data and tablespaces.</summary>
    public static async Task<string> CreateFolderAsync(string path, CancellationToken ct)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await OwnAsync(path, ct);
        return path;
    }
}
