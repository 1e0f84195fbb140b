using System.Globalization;
using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>What a test asks of this stand-in that it could not ask of the operator, by annotations on the Cluster.</summary>
static class Faults
{
    /// <summary>A WAL file name. From it on the object store cannot be reached by the replay, so that PostgreSQL promotes early.</summary>
    public const string FailWalRestoreFrom = "stand-in.cnpg-restore/fail-wal-restore-from";

    /// <summary>How often a failed job is tried again; Kubernetes' own 6 take ten minutes and more.</summary>
    public const string JobBackoffLimit = "stand-in.cnpg-restore/job-backoff-limit";

    /// <summary>The operator's version for this cluster, for example 1.28.1; behaviour differs.</summary>
    public const string OperatorVersion = "stand-in.cnpg-restore/operator-version";

    public static string? FirstUnreachableWal(JsonObject cluster) => cluster.Annotation(FailWalRestoreFrom);

    public static int? BackoffLimit(JsonObject cluster) =>
        cluster.Annotation(JobBackoffLimit) is { } limit ? int.Parse(limit, CultureInfo.InvariantCulture) : null;
}
