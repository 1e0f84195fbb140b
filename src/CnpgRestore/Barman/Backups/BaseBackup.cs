using CnpgRestore.ObjectStore;

namespace CnpgRestore.Barman.Backups;

/// <summary>One folder below <c>base/</c>.</summary>
public sealed record BaseBackup
{
    public required BackupId Id { get; init; }

    /// <summary>Null where the folder has none.</summary>
    public required BackupInfo? Info { get; init; }

    /// <summary>The data directory first, then the tablespaces by oid.</summary>
    public required IReadOnlyList<TarSeries> Tars { get; init; }

    public required BackupState State { get; init; }

    /// <summary>Why it is not usable, as one clause; null when it is.</summary>
    public string? Why { get; init; }

    /// <summary>This user may not read its backup.info: it may be the best of all.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Never null when the backup is usable.</summary>
    public BackupExtent? Extent => Info?.Extent;

    /// <summary>All tars as stored, compressed.</summary>
    public ByteSize Size => new(Tars.Sum(series => series.Parts.Sum(part => part.Object.Size)));

    /// <summary>The newest object: when the backup was last written to, by the store's clock.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Judges what the folder itself can tell; the WAL is judged by <see cref="BackupCatalog.JudgedWith"/>.</summary>
    /// <param name="objects">Everything directly below the backup's prefix.</param>
    public static BaseBackup Judge(BackupId id, IReadOnlyList<StoredObject> objects, BackupInfo? info)
    {
        var tars = TarSet.Sort(objects, info?.Tablespaces ?? [], out var missing);
        var (state, why) = JudgeInfo(info);
        if (state == BackupState.Usable && missing is not null)
        {
            (state, why) = (BackupState.Incomplete, missing);
        }

        return new BaseBackup
        {
            Id = id,
            Info = info,
            Tars = tars,
            State = state,
            Why = why,
            LastModified = objects.Count == 0 ? null : objects.Max(item => item.LastModified),
        };
    }

    private static (BackupState State, string? Why) JudgeInfo(BackupInfo? info) => info switch
    {
        null => (BackupState.Crashed, "no backup.info: the backup was killed before it ended, or is still running"),
        { Status: null } => (BackupState.Unreadable, "backup.info has no status that can be understood"),
        { Status: BackupStatus.Failed } => (BackupState.Failed, info.Error is { } error ? $"barman reports: {error}" : "barman reports FAILED without a reason"),
        { Status: not BackupStatus.Done } => (BackupState.Failed, $"the status is {info.Status}, not Done"),
        { Extent: null } => (BackupState.Unreadable, $"backup.info lacks {string.Join(", ", info.MissingForRestore)}"),
        _ when info.Malformed.Contains("tablespaces") => (BackupState.Unreadable, "the tablespaces in backup.info cannot be understood"),
        _ => (BackupState.Usable, null),
    };
}
