using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>Reads the Secrets that object stores refer to, and keeps their shape.</summary>
static class SecretCollection
{
    public static async Task<IReadOnlyList<SecretShape>> ReadAsync(KubernetesApi api, string ns, IEnumerable<BarmanStore> stores, NoteTaking notes, CancellationToken ct)
    {
        var shapes = new List<SecretShape>();
        foreach (var group in stores.SelectMany(References).Distinct().GroupBy(reference => reference.Key.Name))
        {
            var secret = await notes.ReadAsync(
                $"Secret {group.Key}", new Found(Known: false, null), async () => new Found(Known: true, await api.FindAsync(new ObjectReference(ResourceTypes.Secrets, ns, group.Key), ct)));
            if (secret.Known)
            {
                shapes.AddRange(group.Select(reference => Shape(reference.Field, reference.Key, secret.Item)));
            }
        }

        return shapes;
    }

    private static IEnumerable<(string Field, SecretKey Key)> References(BarmanStore store)
    {
        (string, SecretKey?)[] all =
        [
            ("accessKeyId", store.AccessKeyId), ("secretAccessKey", store.SecretAccessKey), ("sessionToken", store.SessionToken), ("region", store.Region), ("endpointCA", store.EndpointCa),
        ];
        return all.Where(reference => reference.Item2 is not null).Select(reference => (reference.Item1, reference.Item2!));
    }

    private static SecretShape Shape(string field, SecretKey key, JsonObject? secret)
    {
        var data = secret.At("data") as JsonObject;
        var value = data.Text(key.Key) is { } encoded ? SecretData.Decode(encoded) : null;
        IReadOnlyList<string>? keys = secret is null ? null : [.. (data ?? []).Select(entry => entry.Key)];
        return new SecretShape(
            key.Name, key.Key, field, keys, IsEmpty: value is not null && string.IsNullOrWhiteSpace(value), EndsInNewline: field != "endpointCA" && value?.EndsWith('\n') == true && value.Trim().Length > 0);
    }

    private sealed record Found(bool Known, JsonObject? Item);
}
