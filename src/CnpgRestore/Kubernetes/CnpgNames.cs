namespace CnpgRestore.Kubernetes;

/// <summary>
/// Labels, annotations and names that CloudNativePG gives to what it makes ([cloudnative-pg] pkg/utils/labels_annotations.go, pkg/specs).
/// </summary>
public static class CnpgNames
{
    /// <summary>On everything that belongs to a Cluster: its name.</summary>
    public const string ClusterLabel = "cnpg.io/cluster";

    /// <summary>On pods, Jobs and claims: <c>orders-1</c>.</summary>
    public const string InstanceNameLabel = "cnpg.io/instanceName";

    /// <summary>On instance pods: <c>primary</c> or <c>replica</c>.</summary>
    public const string InstanceRoleLabel = "cnpg.io/instanceRole";

    /// <summary>On pods: <c>instance</c> or <c>pooler</c>.</summary>
    public const string PodRoleLabel = "cnpg.io/podRole";

    /// <summary>On Jobs and their pods: <c>full-recovery</c>, <c>initdb</c>, <c>join</c>.</summary>
    public const string JobRoleLabel = "cnpg.io/jobRole";

    /// <summary>On claims: <c>PG_DATA</c>, <c>PG_WAL</c>, <c>PG_TABLESPACE</c>.</summary>
    public const string PvcRoleLabel = "cnpg.io/pvcRole";

    /// <summary>Annotation of claims: <c>initializing</c>, <c>ready</c>, <c>detached</c>.</summary>
    public const string PvcStatusAnnotation = "cnpg.io/pvcStatus";

    /// <summary>Annotation of claims and pods; a claim without it is never adopted.</summary>
    public const string NodeSerialAnnotation = "cnpg.io/nodeSerial";

    /// <summary>Annotation of a Cluster: <c>on</c> deletes its pods and keeps its claims.</summary>
    public const string HibernationAnnotation = "cnpg.io/hibernation";

    /// <summary>Annotation of a Cluster: a JSON list of instances whose PostgreSQL is stopped, or <c>["*"]</c>.</summary>
    public const string FencedInstancesAnnotation = "cnpg.io/fencedInstances";

    /// <summary>Annotation of a Cluster: <c>disabled</c>, and the operator does nothing.</summary>
    public const string ReconciliationLoopAnnotation = "cnpg.io/reconciliationLoop";

    /// <summary>In instance pods.</summary>
    public const string PostgresContainer = "postgres";

    /// <summary>In the recovery Job's pods; the name is the Job's role.</summary>
    public const string RecoveryContainer = "full-recovery";

    /// <summary>The Barman Cloud plugin's sidecar, an init container in Jobs. There stands why a recovery with the plugin failed.</summary>
    public const string PluginContainer = "plugin-barman-cloud";

    /// <summary>
    /// Roles that it makes where they are missing: of Poolers and, since 1.28.3 and 1.29.1, of the metrics exporter ([cloudnative-pg]
    /// internal/management/controller). Neither has a password; pg_ident.conf and certificates let them in.
    /// </summary>
    public static IReadOnlyList<string> OperatorRoles { get; } = ["cnpg_pooler_pgbouncer", "cnpg_metrics_exporter"];

    /// <summary>Everything of a Cluster, of any type.</summary>
    public static ListSelector Of(string cluster) => new($"{ClusterLabel}={cluster}");

    public static ListSelector Instances(string cluster) => new($"{ClusterLabel}={cluster},{PodRoleLabel}=instance");

    /// <summary>The pod to which a question to the database goes.</summary>
    public static ListSelector Primary(string cluster) => new($"{ClusterLabel}={cluster},{InstanceRoleLabel}=primary");

    /// <summary>The first instance is the one that is recovered.</summary>
    public static string RecoveryJob(string cluster) => $"{cluster}-1-full-recovery";

    /// <summary>The first instance of a Cluster that begins new and empty.</summary>
    public static string InitdbJob(string cluster) => $"{cluster}-1-initdb";

    /// <summary>User, password and URI of the application's role; generated, and deleted with the Cluster, unless the Cluster names another.</summary>
    public static string ApplicationSecret(string cluster) => $"{cluster}-app";

    /// <summary>Only with <c>enableSuperuserAccess</c>.</summary>
    public static string SuperuserSecret(string cluster) => $"{cluster}-superuser";

    public static string ReadWriteService(string cluster) => $"{cluster}-rw";

    /// <summary>To standbys.</summary>
    public static string ReadOnlyService(string cluster) => $"{cluster}-ro";

    /// <summary>To all instances.</summary>
    public static string ReadService(string cluster) => $"{cluster}-r";
}
