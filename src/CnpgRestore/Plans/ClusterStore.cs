using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;

namespace CnpgRestore.Plans;

/// <summary>Opens the bucket that a Cluster archives to, with the Secret that it names: what works here is what the operator has.</summary>
public sealed class ClusterStore(KubernetesApi api, string ns, TimeProvider clock)
{
    /// <summary>The bucket and the Secret stay the Cluster's.</summary>
    public StoreRoute Route { get; init; } = StoreRoute.AsPods;

    public Action<string> Warn { get; init; } = _ => { };

    /// <param name="cluster">The Cluster as JSON; for the plugin, its ObjectStore is read from the API.</param>
    /// <exception cref="RestoreException">The store, the ObjectStore, a Secret or a key does not exist, is of a kind that is not supported, or its endpoint is no URL.</exception>
    public async Task<IObjectStore> OpenAsync(JsonObject cluster, CancellationToken ct)
    {
        var section = await SectionAsync(cluster, ct);
        var store = BarmanStore.Read(section)!;
        if (!StoreAddress.TryParse(store.DestinationPath, null, out var address) || address.IsDirectory)
        {
            throw new RestoreException(
                ProblemCode.Refused, $"destinationPath '{store.DestinationPath}' is no S3 bucket", "Azure and Google Cloud Storage are not supported", "cnpg-restore backups list --bucket s3://NAME");
        }

        var secrets = await StoreSecrets.ReadAsync(api, ns, section, ct);
        foreach (var warning in secrets.Warnings)
        {
            Warn(warning);
        }

        var named = Route.Endpoint ?? (store.EndpointUrl is { } url ? ParseEndpoint(url) : null);
        var endpoint = named is null ? null : S3Settings.Locate(named);
        return new S3ObjectStore(
            new S3Settings(address)
            {
                Endpoint = endpoint,
                Region = secrets.Region ?? S3Region.Find(named),
                // Where the pods have an identity of their own, this program needs one too.
                Credentials = secrets.ToS3() ?? S3Credentials.Find(profile: null),
                CertificateAuthorities = Route.CertificateAuthorities ?? (secrets.EndpointCa is null ? EnvironmentVariables.AwsCaBundle : null),
                CertificateAuthoritiesPem = secrets.EndpointCa,
                Provider = Route.Provider ?? Provider.Of(endpoint),
            },
            clock);
    }

    private static Uri ParseEndpoint(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "https" or "http"
            ? endpoint
            : throw new RestoreException(
                ProblemCode.Usage, $"'{url}' is not valid for endpointURL", "expected something like https://gateway.storjshare.io", "fix it where the bucket is named, or name another way: --endpoint URL");

    private async Task<JsonObject> SectionAsync(JsonObject cluster, CancellationToken ct)
    {
        if (cluster["spec"].At("backup", "barmanObjectStore") is JsonObject store)
        {
            return store;
        }

        var destination = ClusterManifest.Read(cluster, _ => null).Destination;
        if (destination?.ObjectStoreName is not { } name)
        {
            throw new RestoreException(
                ProblemCode.NotFound,
                $"cluster {cluster.Text("metadata", "name")} takes no backups: there is no bucket",
                "its manifest has neither spec.backup.barmanObjectStore nor the plugin barman-cloud.cloudnative-pg.io");
        }

        var reference = new ObjectReference(ResourceTypes.ObjectStores, ns, name);
        return (await api.GetAsync(reference, ct)).At("spec", "configuration") as JsonObject
            ?? throw new RestoreException(ProblemCode.Refused, $"{reference} has no spec.configuration");
    }
}
