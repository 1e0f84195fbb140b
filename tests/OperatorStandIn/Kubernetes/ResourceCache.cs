using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CnpgRestore.OperatorStandIn.Kubernetes;

/// <summary>All objects of a kind, in all namespaces, kept up to date by a watch. What it gives out must not be changed.</summary>
sealed class ResourceCache(KubernetesApi api, ResourceType type, string labelSelector = "")
{
    private readonly ConcurrentDictionary<(string Namespace, string Name), JsonObject> _items = new();

    public IEnumerable<JsonObject> All => _items.Values;

    public JsonObject? Find(string ns, string name) => _items.GetValueOrDefault((ns, name));

    public IEnumerable<JsonObject> In(string ns) => _items.Where(item => item.Key.Namespace == ns).Select(item => item.Value);

    /// <summary>Watches until cancelled; lists again whenever the watch breaks off.</summary>
    /// <param name="changed">Called after each change.</param>
    public async Task RunAsync(Action changed, TimeProvider clock, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await FollowAsync(await ListAsync(ct), changed, ct);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or ApiException or JsonException)
            {
                await Console.Error.WriteLineAsync($"watching {type.Plural}: {e.Message}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, ct);
            changed();
        }
    }

    private string Query(string more) => $"{type.Path()}?labelSelector={Uri.EscapeDataString(labelSelector)}{more}";

    private async Task<string> ListAsync(CancellationToken ct)
    {
        var list = await api.FindAsync(Query(""), ct);
        var found = list.Items("items").Select(item => item.AsObject()).ToDictionary(item => (item.Namespace, item.Name));
        foreach (var gone in _items.Keys.Except(found.Keys))
        {
            _items.TryRemove(gone, out _);
        }

        foreach (var (key, item) in found)
        {
            Keep(key, item);
        }

        return list.Text("metadata", "resourceVersion") ?? "0";
    }

    private async Task FollowAsync(string version, Action changed, CancellationToken ct)
    {
        changed();
        await foreach (var change in api.WatchAsync(Query($"&watch=true&resourceVersion={version}"), ct))
        {
            var item = change["object"]!.AsObject();
            switch (change.Text("type"))
            {
                case "ADDED" or "MODIFIED":
                    Keep((item.Namespace, item.Name), item);
                    break;
                case "DELETED":
                    _items.TryRemove((item.Namespace, item.Name), out _);
                    break;
                default:
                    // Mostly 410 Gone: the version is too old, the list must be read again.
                    return;
            }

            changed();
        }
    }

    /// <summary>Items of a list do not name their kind, and owner references need it.</summary>
    private void Keep((string, string) key, JsonObject item)
    {
        item["apiVersion"] = type.ApiVersion;
        item["kind"] = type.Kind;
        _items[key] = item;
    }
}
