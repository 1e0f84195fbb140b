using CnpgRestore.ObjectStore.S3;

namespace CnpgRestore.Kubernetes;

/// <summary>The values behind the references of a Barman object store; see <see cref="StoreSecrets"/>. Holds secrets: no record.</summary>
public sealed class StoreCredentials
{
    /// <summary>Null where the pods' own identity is used.</summary>
    public string? AccessKeyId { get; init; }

    public Secret? SecretAccessKey { get; init; }

    public Secret? SessionToken { get; init; }

    public string? Region { get; init; }

    /// <summary>PEM text of the authorities that the endpoint is trusted by, besides the system's.</summary>
    public string? EndpointCa { get; init; }

    /// <summary>
    /// <c>inheritFromIAMRole</c>: the pods have their identity from the cloud, and there is nothing to read. A program outside needs credentials of
    /// its own.
    /// </summary>
    public bool InheritsIdentity { get; init; }

    /// <summary>What a person should repair although it works here; each names the Secret and the key.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Null where the identity is inherited.</summary>
    public S3Credentials? ToS3() => AccessKeyId is { } id && SecretAccessKey is { } secret ? new S3Credentials(id, secret, SessionToken) : null;
}
