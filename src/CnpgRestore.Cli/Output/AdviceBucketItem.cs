using CnpgRestore.Plans.Advice;

namespace CnpgRestore.Cli.Output;

/// <summary>What the bucket said.</summary>
/// <param name="Stage"><c>unnamed</c>, <c>opening</c>, <c>asking</c>, <c>listed</c> or <c>read</c>: how far it let itself be read.</param>
/// <param name="RefusedAction"><c>s3:ListBucket</c> or <c>s3:GetObject</c>.</param>
/// <param name="Server">The folder that the backups are in.</param>
/// <param name="Archive">The folder that the manifest archives to.</param>
/// <param name="ArchiveEmpty">False where a cluster that archives there meets "Expected empty archive".</param>
/// <param name="Unreachable">Why the target, or the end of the archive, cannot be reached.</param>
/// <param name="BytesPerSecond">At which the base backup is read from here.</param>
sealed record AdviceBucketItem(
    string? NotAsked,
    ProblemItem? Problem,
    string Stage,
    string? RefusedAction,
    string? Address,
    string? Server,
    string? Archive,
    bool? ArchiveEmpty,
    ProblemItem? Unreachable,
    RecoveryItem? Recovery,
    long? BytesPerSecond,
    IReadOnlyList<FindingItem> Findings,
    IReadOnlyList<string> Remarks)
{
    public static AdviceBucketItem From(BucketSight seen) => new(
        seen.NotAsked,
        ProblemItem.From(seen.Problem),
        seen.Stage.ToString().ToLowerInvariant(),
        seen.RefusedAction,
        seen.Address,
        seen.Server,
        seen.Archive,
        seen.IsArchiveEmpty,
        ProblemItem.From(seen.Unreachable),
        seen.Recovery is { } recovery ? RecoveryItem.From(recovery) : null,
        seen.Rate is { } rate ? (long)rate.BytesPerSecond : null,
        [.. seen.Findings.Select(FindingItem.From)],
        seen.Remarks);
}

/// <param name="OnDiskBytes">Absent where backup.info does not say.</param>
/// <param name="LastCommit">Absent where the last segments hold none.</param>
/// <param name="UpTo">Everything committed until then comes back.</param>
/// <param name="Target">What the command asks for; absent: the end of the archive.</param>
sealed record RecoveryItem(
    string Backup,
    DateTimeOffset BackupFinished,
    long StoredBytes,
    long? OnDiskBytes,
    string PostgresVersion,
    string SystemId,
    string FirstSegment,
    string LastSegment,
    long Segments,
    DateTimeOffset? LastCommit,
    DateTimeOffset? LastArchived,
    DateTimeOffset UpTo,
    string? Target,
    string Proof)
{
    public static RecoveryItem From(BucketRecovery found) => new(
        found.BackupId,
        found.BackupEnd,
        found.Stored.Bytes,
        found.OnDisk?.Bytes,
        found.Version,
        found.SystemId,
        found.FirstSegment,
        found.LastSegment,
        found.Segments,
        found.LastCommit,
        found.LastArchived,
        found.UpTo,
        found.Target?.ToString(),
        found.Proof);
}
