namespace CnpgRestore.TestServers;

/// <summary>The real barman-cloud programs on one server folder of a bucket, with the command lines that CloudNativePG uses.</summary>
public sealed class BarmanCloud(S3Server s3, string bucket, string serverName, BarmanCompression compression)
{
    /// <summary>Where the base backups and the WAL lie.</summary>
    public S3Folder Folder => new(bucket, $"{serverName}/");

    private string RestoreCommand => $"barman-cloud-wal-restore --endpoint-url {s3.Endpoint} {Url} {serverName} %f %p";

    private string Url => $"s3://{bucket}";

    private string[] CompressionOption => compression == BarmanCompression.None ? [] : [$"--{compression.ToString().ToLowerInvariant()}"];

    /// <summary>Settings of a server that archives into the folder.</summary>
    public PostgresOptions Archiving() => new()
    {
        Environment = S3Server.ClientEnvironment,
        Settings = new Dictionary<string, string>
        {
            ["archive_mode"] = "on",
            ["archive_command"] = string.Join(' ', ["barman-cloud-wal-archive", "--endpoint-url", s3.Endpoint, .. CompressionOption, Url, serverName, "%p"]),
        },
    };

    /// <summary>Settings of a server that replays the folder's WAL, up to the target that <paramref name="target"/> names, and archives nothing.</summary>
    public PostgresOptions Recovering(IReadOnlyDictionary<string, string> target) => new()
    {
        Environment = S3Server.ClientEnvironment,
        Settings = new Dictionary<string, string>(target) { ["archive_mode"] = "off", ["restore_command"] = RestoreCommand },
    };

    /// <summary>
    /// Settings of a server that replays the folder's WAL to a position, begins a new timeline there, and archives it into the same folder.
    /// </summary>
    public PostgresOptions Branching(string lsn) => Archiving() with
    {
        Settings = new Dictionary<string, string>(Archiving().Settings)
        {
            ["restore_command"] = RestoreCommand,
            ["recovery_target_lsn"] = lsn,
            ["recovery_target_action"] = "promote",
        },
    };

    /// <summary>A base backup of a running server. The checkpoint at its start does not wait for the next timed one.</summary>
    public ToolCommand Backup(PostgresServer postgres, params string[] options) =>
        Command("barman-cloud-backup", postgres.Folder, [.. CompressionOption, "--immediate-checkpoint", "-h", postgres.Folder, "-U", "postgres", .. options], []);

    /// <summary>Writes a base backup into an existing, empty folder.</summary>
    public ToolCommand Restore(string backupId, string folder, params string[] options) => Command("barman-cloud-restore", "/var/tmp", options, [backupId, folder]);

    /// <summary>Exit code 0 when the archive is empty, else 1 and "Expected empty archive" on stderr.</summary>
    public ToolCommand CheckWalArchive() => Command("barman-cloud-check-wal-archive", "/var/tmp", [], []);

    /// <summary>The catalogue as Barman sees it, in JSON.</summary>
    public ToolCommand List() => Command("barman-cloud-backup-list", "/var/tmp", ["--format", "json"], []);

    /// <param name="home">A folder of the caller: barman-cloud-backup leaves its buffers behind when it is killed.</param>
    private ToolCommand Command(string program, string home, string[] options, string[] arguments)
    {
        Requirement.Programs(program);
        return PostgresUser.Command(program, ["--endpoint-url", s3.Endpoint, .. options, Url, serverName, .. arguments]) with
        {
            Environment = new Dictionary<string, string>(S3Server.ClientEnvironment) { ["HOME"] = home, ["TMPDIR"] = home },
        };
    }
}

/// <summary>The compression that barman-cloud is asked for, as its options are called.</summary>
public enum BarmanCompression
{
    None,
    Gzip,
    Bzip2,
}
