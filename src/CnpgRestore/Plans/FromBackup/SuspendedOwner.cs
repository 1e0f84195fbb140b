namespace CnpgRestore.Plans.FromBackup;

/// <summary>A GitOps object that owns the Cluster and is told to leave it alone for the time of the run.</summary>
/// <param name="Kind"><c>Kustomization</c>, <c>HelmRelease</c> or <c>Application</c>.</param>
/// <param name="WasSuspended">Already suspended before the run: it is left so afterwards.</param>
public sealed record SuspendedOwner(string Kind, string Namespace, string Name, bool WasSuspended);
