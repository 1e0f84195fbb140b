namespace CnpgRestore.Diagnosis.Collection;

/// <summary>What owns the Cluster in Git.</summary>
/// <param name="Kind"><c>Kustomization</c>, <c>HelmRelease</c>, <c>Application</c>.</param>
/// <param name="SuspendedBy">The run that did it; null where it was somebody else.</param>
public sealed record GitOpsState(string Kind, string? Namespace, string Name, bool IsSuspended, string? SuspendedBy);
