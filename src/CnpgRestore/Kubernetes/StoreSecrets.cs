using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes;

/// <summary>
/// Reads the Secrets that a <c>barmanObjectStore</c>, or the <c>spec.configuration</c> of an ObjectStore, refers to by name and key
/// ([barman-cloud] pkg/api/config.go). The keys' names are free: only the references say which is which.
/// </summary>
public static class StoreSecrets
{
    /// <param name="ns">The Cluster's, or the ObjectStore's, own.</param>
    /// <param name="store">The section as it stands in the object.</param>
    /// <exception cref="RestoreException">Exit 10: a Secret or a key in it is missing; 12: it may not be read; 15: the store is no S3.</exception>
    public static async Task<StoreCredentials> ReadAsync(KubernetesApi api, string ns, JsonObject store, CancellationToken ct)
    {
        if (store.At("s3Credentials") is not JsonObject s3)
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"the object store {store.Text("destinationPath")} has no s3Credentials",
                store.ContainsKey("azureCredentials") || store.ContainsKey("googleCredentials") ? "Azure and Google Cloud Storage are not supported" : null,
                "name the bucket with --bucket and export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
        }

        var values = new Values(api, ns);
        return new StoreCredentials
        {
            AccessKeyId = await values.FindAsync(s3, "accessKeyId", ct),
            SecretAccessKey = Hide(await values.FindAsync(s3, "secretAccessKey", ct)),
            SessionToken = Hide(await values.FindAsync(s3, "sessionToken", ct)),
            Region = await values.FindAsync(s3, "region", ct),
            EndpointCa = await values.FindAsync(store, "endpointCA", ct),
            InheritsIdentity = s3.Flag("inheritFromIAMRole") == true,
            Warnings = values.Warnings,
        };
    }

    private static Secret? Hide(string? value) => value is null ? null : new Secret(value);

    private sealed class Values(KubernetesApi api, string ns)
    {
        private readonly Dictionary<string, JsonObject> _secrets = [];
        private readonly List<string> _warnings = [];

        public IReadOnlyList<string> Warnings => _warnings;

        /// <summary>Null where there is no reference.</summary>
        public async Task<string?> FindAsync(JsonObject section, string field, CancellationToken ct)
        {
            if (section.Text(field, "name") is not { } name || section.Text(field, "key") is not { } key)
            {
                return null;
            }

            if (!_secrets.TryGetValue(name, out var secret))
            {
                var reference = new ObjectReference(ResourceTypes.Secrets, ns, name);
                secret = await api.FindAsync(reference, ct) ?? throw Missing($"{reference}, which {field} names, does not exist", null);
                _secrets[name] = secret;
            }

            var data = secret.Text("data", key)
                ?? throw Missing($"secret {name} in namespace {ns} has no key {key}, which {field} names", $"it has {string.Join(", ", Keys(secret))}");
            var value = SecretData.Decode(data) ?? throw new RestoreException(
                ProblemCode.Refused, $"key {key} of secret {name} in namespace {ns}, which {field} names, is no base64", null, $"kubectl edit secret {name} -n {ns}");
            // Certificates end in a newline by right.
            if (field != "endpointCA" && value.TrimEnd('\r', '\n') is var trimmed && trimmed != value)
            {
                _warnings.Add($"key {key} of secret {name} ends in a newline, which breaks the operator's signatures; 'echo -n' makes none");
                value = trimmed;
            }

            // A variable that was not set when the Secret was written; the operator's pods end with "Unable to locate credentials".
            return value.Length > 0 ? value : throw Missing($"key {key} of secret {name} in namespace {ns}, which {field} names, is empty", null);
        }

        private static IEnumerable<string> Keys(JsonObject secret) => (secret.At("data") as JsonObject)?.Select(entry => entry.Key) ?? [];

        private RestoreException Missing(string message, string? detail) =>
            new(ProblemCode.NotFound, message, detail, $"'kubectl get secrets -n {ns}' lists those that there are; the operator needs it too");
    }
}
