using System.Text.Json.Serialization;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>A Cluster that is recovered from its bucket. Fields may be added, never renamed.</summary>
public sealed record FromBackupDecision : ClusterDecision
{
    /// <summary>The folder that the new cluster recovers from.</summary>
    public required string Source { get; init; }

    /// <summary>As <see cref="Postgres.RecoveryTarget"/> writes it.</summary>
    public required string Target { get; init; }

    public required string BackupId { get; init; }

    /// <summary>Of the database in the backup.</summary>
    public required string SystemId { get; init; }

    /// <summary>WAL segments from the base backup to the target, for progress.</summary>
    public long Segments { get; init; }

    /// <summary>The former Cluster is deleted without a look at what it has not archived.</summary>
    public bool AcceptsWalLoss { get; init; }

    /// <summary>How <see cref="Source"/> is named until the move has renamed it.</summary>
    [JsonIgnore]
    public string OriginFolder => MoveTo == Source ? Archive : Source;

    public override BootstrapMethod Bootstrap => BootstrapMethod.Recovery;

    public override string Job => CnpgNames.RecoveryJob(Cluster);

    public override string Word => "recovery";

    public override string Origin => $"recovers from {Source}/{(Target == "latest" ? "" : $" to {Target}")}, archives to {Archive}/";

    public override string Remains => OriginFolder == Source ? $"the backups are in {Source}/" : $"the backups are in {Source}/ or, before the move, in {OriginFolder}/";

    public override string Command => "from-backup";

    public override long SegmentCount => Segments;

    public override string CommitMessage =>
        $"""
        Recover {Namespace}/{Cluster} from {Source}

        Base backup {BackupId}, {(Target == "latest" ? "to the end of its archive" : $"to {Target}")}. Archives to {Archive} from now on.
        """;

    public override ManifestEdit Edit(ManifestSet set) => set.ToRecovery(Cluster, new RecoveryRequest
    {
        Source = Source,
        IsInArchiveBucket = true,
        ArchiveName = Archive,
        Application = Application,
        Target = RecoveryTarget.Parse(Target),
        BackupId = Barman.Backups.BackupId.Parse(BackupId, provider: null),
        Command = FromBackupCommandText.Of(Cluster, Namespace, Files, RecoveryTarget.Parse(Target), Apply, Push, Application),
    });

    /// <summary>The option by which a request names something else than the run decided; null where the same command goes on.</summary>
    public string? DifferenceTo(FromBackupRequest request)
    {
        (string Name, string? Asked, string? Decided)[] choices =
        [
            ("--lineage", request.Lineage?.ToString(), Lineage == Lineage.Keep ? request.Lineage?.ToString() : Lineage.ToString()),
            ("--archive-name", request.ArchiveName, Archive),
            ("--source", request.Source, request.Source == OriginFolder ? request.Source : Source),
            ("target", request.Target.ToString(), Target),
            ("--backup-id", request.BackupId?.ToString(), BackupId),
            ("--accept-wal-loss", request.AcceptsWalLoss ? "yes" : null, AcceptsWalLoss ? "yes" : "no"),
            ("--apply", request.Apply.ToString(), Apply.ToString()),
            ("--database", request.Application?.Database, Application?.Database),
            ("--owner", request.Application?.Owner, Application?.Owner),
            // On another machine the same file lies elsewhere; what it says is compared where it is read.
            ("--file", request.Files.Count == 0 || Apply == ApplyMode.Api || Host != Environment.MachineName ? null : Names(request.Files), Names(Files)),
            (PushOption, request.Push ? "yes" : "no", Push ? "yes" : "no"),
        ];
        return choices.FirstOrDefault(choice => choice.Asked is not null && choice.Asked != choice.Decided).Name;
    }

    private static string Names(IReadOnlyList<string> files) => string.Join(' ', files.Select(Path.GetFullPath));

    public override bool IsSaidBy(ClusterManifest found) =>
        found.Methods is [BootstrapMethod.Recovery] && found.Source?.ServerName == Source && found.Destination?.ServerName == Archive
        && RecoveryTargetEdit.IsSaidBy(found, RecoveryTarget.Parse(Target), Barman.Backups.BackupId.Parse(BackupId, provider: null));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FromBackupDecision))]
public sealed partial class FromBackupJson : JsonSerializerContext;
