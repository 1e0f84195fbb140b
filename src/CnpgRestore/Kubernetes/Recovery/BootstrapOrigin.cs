namespace CnpgRestore.Kubernetes.Recovery;

/// <summary>
/// What the operator says it makes the first instance from ([cloudnative-pg] internal/controller/cluster_create.go, createPrimaryInstance). During a
/// recovery <see cref="Initdb"/> means that somebody else created the Cluster: an empty database is on its way.
/// </summary>
public enum BootstrapOrigin
{
    /// <summary><c>Primary instance (initdb)</c>: nothing is restored.</summary>
    Initdb,

    /// <summary><c>Primary instance (from backup)</c>: <c>bootstrap.recovery</c>, whether from a source or from a Backup.</summary>
    Backup,

    /// <summary><c>Primary instance (from physical backup)</c>: <c>bootstrap.pg_basebackup</c> from a running server.</summary>
    PhysicalBackup,

    /// <summary><c>Primary instance (from volumeSnapshots)</c>.</summary>
    VolumeSnapshots,
}
