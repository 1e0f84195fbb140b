using CnpgRestore.Barman.Backups;
using CnpgRestore.Postgres;

namespace CnpgRestore.Manifests;

/// <summary>What a manifest shall say about recovery. Null means: as the manifest already says, live or in a comment.</summary>
public sealed record RecoveryRequest
{
    /// <summary>The server's folder to recover from.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// The source lies in the bucket that the Cluster archives to, as it was found there. An entry that reads another bucket is left alone, and
    /// one of its own is written.
    /// </summary>
    public bool IsInArchiveBucket { get; init; }

    /// <summary>The server's folder that the recovered cluster archives to.</summary>
    public string? ArchiveName { get; init; }

    public ApplicationDatabase? Application { get; init; }

    public RecoveryTarget Target { get; init; } = new RecoveryTarget.Latest();

    /// <summary>Pins the base backup, so that the operator does not choose one itself.</summary>
    public BackupId? BackupId { get; init; }

    /// <summary>The command that the edit is a part of, as hints begin; null: <c>manifest recovery</c> itself.</summary>
    public string? Command { get; init; }
}
