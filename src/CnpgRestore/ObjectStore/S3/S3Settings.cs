namespace CnpgRestore.ObjectStore.S3;

/// <summary>How to reach one bucket.</summary>
public sealed record S3Settings(StoreAddress Address)
{
    /// <summary>Null for AWS itself, which is then found by the region.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Part of the signature; most S3-likes accept any.</summary>
    public string Region { get; init; } = "us-east-1";

    public required S3Credentials Credentials { get; init; }

    /// <summary>PEM file with the certificate authorities to trust besides the system's (CNPG's <c>endpointCA</c>).</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>The same as PEM text, as a Secret holds it; the file goes first.</summary>
    public string? CertificateAuthoritiesPem { get; init; }

    public Provider Provider { get; init; } = Provider.Generic;

    /// <summary>Upper bound of requests in flight.</summary>
    public int Parallelism { get; init; } = DefaultParallelism;

    /// <summary>Null for plain AWS, which is found by its region: a fixed host would be wrong for all but one of them.</summary>
    public static Uri? Locate(Uri endpoint) => endpoint.Host is "s3.amazonaws.com" ? null : endpoint;

    /// <summary>
    /// Measured on a local Ceph gateway: 64 hides its delayed acknowledgements, 128 gains nothing more. AWS asks for no more than that from
    /// one client before it answers SlowDown on a cold prefix.
    /// </summary>
    public const int DefaultParallelism = 64;
}
