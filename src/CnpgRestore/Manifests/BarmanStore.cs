using System.Text.Json.Nodes;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Manifests;

/// <summary>
/// A bucket as <c>barmanObjectStore</c> and <c>ObjectStore.spec.configuration</c> describe it, the credentials as references.
/// </summary>
/// <param name="DestinationPath"><c>s3://bucket/path</c>, <c>https://account.blob...</c> or <c>gs://bucket</c>; the server folders lie below it.</param>
/// <param name="EndpointUrl">Null for the provider's own.</param>
/// <param name="Region">A key of a Secret, not a name.</param>
/// <param name="InheritsIdentity">The pods' own identity is used: there are no credentials to read.</param>
public sealed record BarmanStore(
    string? DestinationPath,
    string? EndpointUrl,
    SecretKey? EndpointCa,
    SecretKey? AccessKeyId,
    SecretKey? SecretAccessKey,
    SecretKey? SessionToken,
    SecretKey? Region,
    bool InheritsIdentity)
{
    /// <summary><see cref="DestinationPath"/> in one spelling, as a store that was opened says its own; null where there is none.</summary>
    public string? Address => StoreAddress.TryParse(DestinationPath, null, out var address) ? address.ToString() : DestinationPath?.TrimEnd('/');

    /// <summary>False for Azure and Google Cloud Storage; true for what is no address at all.</summary>
    public bool IsS3 => DestinationPath is not { } path || !Schemes.Any(scheme => path.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary><c>wal.maxParallel</c>: how many segments the operator fetches at once.</summary>
    public int WalParallel { get; init; } = 1;

    // [barman] barman/cloud_providers: of an Azure container, and of a bucket of Google.
    private static readonly string[] Schemes = ["https://", "http://", "gs://"];

    public static BarmanStore? Read(JsonNode? store) => store is not JsonObject ? null : new BarmanStore(
        store.Text("destinationPath"),
        store.Text("endpointURL"),
        SecretKey.Read(store.At("endpointCA")),
        SecretKey.Read(store.At("s3Credentials", "accessKeyId")),
        SecretKey.Read(store.At("s3Credentials", "secretAccessKey")),
        SecretKey.Read(store.At("s3Credentials", "sessionToken")),
        SecretKey.Read(store.At("s3Credentials", "region")),
        store.Flag("s3Credentials", "inheritFromIAMRole") == true)
    {
        WalParallel = store.Number("wal", "maxParallel") is > 0 and var parallel ? parallel : 1,
    };
}
