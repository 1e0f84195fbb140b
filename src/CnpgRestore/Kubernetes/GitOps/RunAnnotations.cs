namespace CnpgRestore.Kubernetes.GitOps;

/// <summary>What a run leaves on the objects that it stops, so that any machine can continue it or take it back.</summary>
public static class RunAnnotations
{
    /// <summary>The id of the run that suspended the object.</summary>
    public const string SuspendedBy = "cnpg-restore/suspended-by";

    /// <summary>What the suspended field held before, as JSON; <c>null</c> where it was absent.</summary>
    public const string SuspendedFrom = "cnpg-restore/suspended-from";

    /// <summary>The Cluster, as <c>db/orders</c>, that a run has made otherwise than Git says: resumed by whatever run, GitOps would change it back.</summary>
    public const string StaysSuspendedFor = "cnpg-restore/stays-suspended-for";
}
