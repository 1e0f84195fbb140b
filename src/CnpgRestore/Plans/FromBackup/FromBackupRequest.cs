using CnpgRestore.Barman.Backups;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>What <c>from-backup CLUSTER</c> asks for. Null means: found out.</summary>
public sealed record FromBackupRequest
{
    public required string Cluster { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The server folder to recover from, as it is named now.</summary>
    public string? Source { get; init; }

    public Lineage? Lineage { get; init; }

    /// <summary>The server folder that the recovered cluster archives to; implies <see cref="Clusters.Lineage.New"/>.</summary>
    public string? ArchiveName { get; init; }

    public RecoveryTarget Target { get; init; } = new RecoveryTarget.Latest();

    public BackupId? BackupId { get; init; }

    /// <summary>What the live Cluster has written and not archived may go with it.</summary>
    public bool AcceptsWalLoss { get; init; }

    public ApplicationDatabase? Application { get; init; }

    /// <summary>The manifests; none means the live object.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public ApplyMode Apply { get; init; }

    /// <summary>With <see cref="ApplyMode.Git"/>: push the commit to the branch's upstream.</summary>
    public bool Push { get; init; }
}
