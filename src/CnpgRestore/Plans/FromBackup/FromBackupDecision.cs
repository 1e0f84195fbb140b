using System.Text.Json.Serialization;
using CnpgRestore.Manifests;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>
/// What was decided when the plan was made, and all that another machine needs to go on or to undo. It lives in a ConfigMap beside the Cluster.
/// Fields may be added, never renamed. No secret is among them.
/// </summary>
public sealed record FromBackupDecision
{
    /// <summary>Where it stands in the ConfigMap.</summary>
    public const string RecordKey = "decision.json";

    /// <summary>Where the manifest stands that will be created.</summary>
    public const string RecordedManifestKey = "cluster.json";

    /// <summary>The label of the ConfigMap.</summary>
    public const string RecordLabel = "app.kubernetes.io/managed-by=cnpg-restore";

    public required string Run { get; init; }

    /// <summary>An unfinished run whose place this one takes, with what it had suspended.</summary>
    public string? Supersedes { get; init; }

    public required string Cluster { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Of the Cluster that the run found; null where there was none.</summary>
    public string? FormerUid { get; init; }

    public required Lineage Lineage { get; init; }

    /// <summary>The folder that the new cluster recovers from.</summary>
    public required string Source { get; init; }

    public required string Archive { get; init; }

    /// <summary>What <see cref="Archive"/> is renamed to; null where nothing is moved.</summary>
    public string? MoveTo { get; init; }

    /// <summary>As <see cref="Postgres.RecoveryTarget"/> writes it.</summary>
    public required string Target { get; init; }

    public required string BackupId { get; init; }

    /// <summary>Of the database in the backup.</summary>
    public required string SystemId { get; init; }

    /// <summary>WAL segments from the base backup to the target, for progress.</summary>
    public long Segments { get; init; }

    public required ApplyMode Apply { get; init; }

    public bool Push { get; init; }

    /// <summary>As the command line named it; null where the manifest says it.</summary>
    public ApplicationDatabase? Application { get; init; }

    /// <summary>Manifests, as paths on <see cref="Host"/>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public required string Host { get; init; }

    public IReadOnlyList<SuspendedOwner> Owners { get; init; } = [];

    /// <summary>Backups go through the Barman Cloud plugin.</summary>
    public bool UsesPlugin { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FromBackupDecision))]
public sealed partial class FromBackupJson : JsonSerializerContext;
