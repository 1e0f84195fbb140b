namespace CnpgRestore.Kubernetes;

/// <summary>Words of <c>status.phase</c> that a restore waits for ([cloudnative-pg] api/v1/cluster_types.go).</summary>
public static class ClusterPhase
{
    public const string Healthy = "Cluster in healthy state";

    /// <summary>While the recovery Job runs; before 1.29.2 and 1.30.0 also for ever after it has failed.</summary>
    public const string SettingUpPrimary = "Setting up primary";

    /// <summary>From 1.29.2 and 1.30.0 on: the recovery Job has used up its attempts.</summary>
    public const string Unrecoverable = "Cluster is unrecoverable and needs manual intervention";

    public const string UnknownPlugin = "Cluster cannot proceed to reconciliation due to an unknown plugin being required";

    public const string PluginError = "Cluster cannot proceed to reconciliation due to an error while interacting with plugins";

    public const string ImageCatalogError = "Cluster has incomplete or invalid image catalog";

    public const string InvalidDefinition = "Invalid cluster definition";

    public const string CannotCreateObjects = "Unable to create required cluster objects";

    /// <summary>A volume for WAL is full. The operator does nothing more, not even enlarge the volume (internal/controller/cluster_controller.go, ensureNoFailoverOnFullDisk).</summary>
    public const string NoDiskSpace = "Not enough disk space";

    /// <summary>With <c>primaryUpdateStrategy: supervised</c>: the primary is updated when a person says so (internal/controller/cluster_upgrade.go).</summary>
    public const string WaitingForUser = "Waiting for user action";

    /// <summary>No instance answers the operator on its port 8000.</summary>
    public const string StatusUnreachable = "Instance Status Extraction Error: HTTP communication issue";

    /// <summary>The operator makes nothing of the Cluster as long as it says so.</summary>
    public static bool IsStuck(string phase) => phase is Unrecoverable or ImageCatalogError or InvalidDefinition || IsRetried(phase);

    /// <summary>
    /// The operator tries again by itself, every few seconds: a plugin's pod that is replaced is enough for it ([cloudnative-pg]
    /// internal/controller/cluster_controller.go, Reconcile). What runs already goes on meanwhile.
    /// </summary>
    public static bool IsRetried(string phase) => phase is UnknownPlugin or PluginError or CannotCreateObjects;
}
