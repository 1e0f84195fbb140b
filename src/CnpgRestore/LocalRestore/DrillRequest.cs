using CnpgRestore.Barman;
using CnpgRestore.Databases;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>What a drill shall do.</summary>
public sealed record DrillRequest
{
    public required ServerFolder Server { get; init; }

    public required RecoveryTarget Target { get; init; }

    /// <summary>Null: the best one for the target.</summary>
    public BackupId? Backup { get; init; }

    /// <summary>An empty or new folder; null for one below the folder for temporary files.</summary>
    public string? To { get; init; }

    public IReadOnlyList<SqlCheck> SqlChecks { get; init; } = [];

    public bool Amcheck { get; init; } = true;

    /// <summary>Leaves the folder behind, with PostgreSQL stopped.</summary>
    public bool Keep { get; init; }

    /// <summary>Where the programs of PostgreSQL are; null for the usual places.</summary>
    public string? Binaries { get; init; }

    /// <summary>Folders as in <c>PATH</c>, searched after the usual places.</summary>
    public string? SearchPath { get; init; }

    /// <summary>The superuser to connect as.</summary>
    public string User { get; init; } = "postgres";

    /// <summary>For the whole drill.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Program and arguments that fetch one WAL file, to be followed by socket, name and path; see <see cref="WalFetch"/>.</summary>
    public required IReadOnlyList<string> WalFetchCommand { get; init; }
}
