namespace CnpgRestore.ObjectStore.S3;

/// <summary>
/// How this machine reaches the bucket of a Cluster, where its pods reach it in another way: a Service of Kubernetes has no name outside of it. What is
/// null is as the Cluster has it.
/// </summary>
/// <param name="CertificateAuthorities">PEM file.</param>
public sealed record StoreRoute(Uri? Endpoint, Provider? Provider, string? CertificateAuthorities)
{
    public static StoreRoute AsPods { get; } = new(null, null, null);
}
