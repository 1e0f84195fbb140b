using System.Globalization;
using System.Text;
using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// The configuration that a drill's PostgreSQL runs with. The original server's files are put aside: they name paths, certificates and an
/// archive_command of a pod, and an archive that is written to by a drill is an archive destroyed.
/// </summary>
/// <param name="Timeline">The timeline to follow; null where it is the one of the base backup.</param>
public sealed record RecoveryConfiguration(
    ControlData Control, PreloadLibraries Libraries, RecoveryTarget Target, TimelineId? Timeline, string RestoreCommand)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly string[] Replaced = ["postgresql.conf", "postgresql.auto.conf", "custom.conf", "override.conf", "pg_hba.conf", "pg_ident.conf"];

    // A tablespace_map or a signal file that was lying in the original directory would lead recovery astray; PostgreSQL deletes none of them.
    private static readonly string[] Removed = ["tablespace_map", "standby.signal", "recovery.signal", "postmaster.pid", "postmaster.opts"];

    // Their content is not in a backup, and an empty directory may be missing from it (barman/postgres_plumbing.py).
    private static readonly string[] Required =
    [
        "pg_wal", "pg_wal/archive_status", "pg_tblspc", "pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat", "pg_stat_tmp",
        "pg_subtrans", "pg_twophase", "pg_commit_ts", "pg_logical/snapshots", "pg_logical/mappings",
    ];

    public async Task ApplyAsync(DrillFolder folder, CancellationToken ct)
    {
        foreach (var name in Replaced.Where(name => File.Exists(Path.Combine(folder.Data, name))))
        {
            File.Move(Path.Combine(folder.Data, name), Path.Combine(folder.OriginalConfiguration, name));
        }

        foreach (var name in Removed)
        {
            File.Delete(Path.Combine(folder.Data, name));
        }

        foreach (var name in Required)
        {
            Directory.CreateDirectory(Path.Combine(folder.Data, name), OwnerOnly);
        }

        await AtomicFile.WriteAsync(Path.Combine(folder.Data, "postgresql.conf"), Settings(folder.Sockets), ct);
        await AtomicFile.WriteAsync(Path.Combine(folder.Data, "pg_hba.conf"), "# The socket lies in a folder of mode 0700.\nlocal all all trust\n", ct);
        await AtomicFile.WriteAsync(Path.Combine(folder.Data, "pg_ident.conf"), "", ct);
        await AtomicFile.WriteAsync(Path.Combine(folder.Data, "recovery.signal"), "", ct);
    }

    /// <summary>The text of postgresql.conf.</summary>
    public string Settings(string socketFolder)
    {
        var text = new StringBuilder();
        void Set(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name} = '{value.Replace("'", "''", StringComparison.Ordinal)}'\n");

        Set("listen_addresses", "");
        Set("unix_socket_directories", socketFolder);
        Set("port", "5432");
        Set("archive_mode", "off");
        Set("ssl", "off");
        foreach (var (name, limit) in Control.Limits.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Set(name, limit.ToString(CultureInfo.InvariantCulture));
        }

        if (Libraries.Installed.Count > 0)
        {
            Set("shared_preload_libraries", string.Join(',', Libraries.Installed));
        }

        // A subscription in the backup would connect to the original's publisher, and consume there what the original has not had yet.
        Set("max_logical_replication_workers", "0");

        if (Libraries.Installed.Contains("timescaledb"))
        {
            // Its functions are needed to read its tables; its scheduler is not.
            Set("timescaledb.max_background_workers", "0");
        }

        // Nobody reads during the replay. With hot_standby on, PostgreSQL pauses for ever where the original raised one of the five limits later.
        Set("hot_standby", "off");

        // A power cut ends the drill, not the data: what is restored here is thrown away.
        Set("fsync", "off");
        Set("full_page_writes", "off");
        Set("autovacuum", "off");
        Set("max_wal_size", "4GB");

        // The log is read by the drill, line by line.
        Set("logging_collector", "off");
        Set("log_destination", "stderr");
        Set("log_line_prefix", "");
        Set("log_timezone", "UTC");
        Set("timezone", "UTC");
        Set("lc_messages", "C");

        Set("restore_command", RestoreCommand);
        // A number demands the timeline's own history file, which the replay does not need where the base backup is of that timeline already
        // (validateRecoveryParameters in src/backend/access/transam/xlogrecovery.c).
        Set("recovery_target_timeline", Timeline is { } timeline ? timeline.Value.ToString(CultureInfo.InvariantCulture) : "current");
        Set("recovery_target_action", "promote");
        foreach (var (name, value) in TargetSettings(Target))
        {
            Set(name, value);
        }

        return text.ToString();
    }

    private static IEnumerable<(string Name, string Value)> TargetSettings(RecoveryTarget target) => target switch
    {
        RecoveryTarget.Latest => [],
        RecoveryTarget.Immediate => [("recovery_target", "immediate")],
        RecoveryTarget.Time time => [("recovery_target_time", $"{time.Moment.Moment:yyyy-MM-dd HH:mm:ss.ffffff}+00"), Inclusive(time.Inclusive)],
        RecoveryTarget.Lsn lsn => [("recovery_target_lsn", lsn.Position.ToString()), Inclusive(lsn.Inclusive)],
        RecoveryTarget.Xid xid => [("recovery_target_xid", xid.Transaction.ToString()), Inclusive(xid.Inclusive)],
        RecoveryTarget.Name name => [("recovery_target_name", name.RestorePoint.Value)],
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static (string Name, string Value) Inclusive(bool inclusive) => ("recovery_target_inclusive", inclusive ? "on" : "off");
}
