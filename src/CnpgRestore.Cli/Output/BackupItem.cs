using CnpgRestore.Barman.Backups;


namespace CnpgRestore.Cli.Output;

/// <summary>A base backup in JSON.</summary>
sealed record BackupItem(
    string Id,
    string? Name,
    string State,
    string? Why,
    string? Status,
    DateTimeOffset? BeginTime,
    DateTimeOffset? EndTime,
    long SizeBytes,
    uint? Timeline,
    string? PostgresVersion,
    string? SystemId,
    string? BeginWal,
    string? EndWal,
    string? BeginLsn,
    string? EndLsn,
    IReadOnlyList<TablespaceItem> Tablespaces,
    IReadOnlyList<TarItem> Tars)
{
    public static BackupItem From(BaseBackup backup)
    {
        var info = backup.Info ?? new BackupInfo();
        return new BackupItem(
            backup.Id.ToString(),
            info.Name,
            backup.State.ToString().ToLowerInvariant(),
            backup.Why,
            info.Status?.ToString().ToLowerInvariant(),
            info.BeginTime,
            info.EndTime,
            backup.Size.Bytes,
            info.Timeline?.Value,
            info.Version?.ToString(),
            info.SystemId?.ToString(),
            info.BeginWal?.ToString(),
            info.EndWal?.ToString(),
            info.BeginLsn?.ToString(),
            info.EndLsn?.ToString(),
            [.. info.Tablespaces.Select(tablespace => new TablespaceItem(tablespace.Name, tablespace.Oid, tablespace.Location))],
            [.. backup.Tars.SelectMany(series => series.Parts.Select(part => new TarItem(part.Object.Key.Value, part.Object.Size, series.TablespaceOid)))]);
    }
}

sealed record TablespaceItem(string Name, uint Oid, string Location);

sealed record TarItem(string Key, long SizeBytes, uint? TablespaceOid);
