using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>A selection of objects of one type, read in pages (Kubernetes API concepts, retrieving large results sets in chunks).</summary>
sealed class ObjectList(ApiRequests requests, ResourceType type, string? ns, ListSelector selector, int pageSize)
{
    private const int All = 0;

    /// <summary>Of the collection as it was read last; a watch goes on from it.</summary>
    public string Version { get; private set; } = "";

    public async IAsyncEnumerable<JsonObject> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var given = new HashSet<string>();
        var limit = pageSize;
        var position = "";
        do
        {
            var page = await TryReadPageAsync(limit, position, ct);
            if (page is null)
            {
                // The server forgot the state that the pages are of. Again in one piece, which cannot be forgotten.
                limit = All;
                page = await requests.SendAsync(Page(limit, ""), ct);
            }

            foreach (var item in page.Items("items").OfType<JsonObject>().Where(item => given.Add(Uid(item))))
            {
                yield return item;
            }

            position = page.Text("metadata", "continue") ?? "";
            Version = page.Text("metadata", "resourceVersion") ?? "";
        }
        while (position.Length > 0);
    }

    /// <summary>The changes since a version of the collection.</summary>
    public ApiRequest Watch(string version, TimeSpan duration) => ApiRequest.Read("watch", type, string.Create(
        CultureInfo.InvariantCulture,
        $"{type.PathIn(ns)}?watch=true&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(version)}&timeoutSeconds={duration.TotalSeconds:0}{selector.Query}")) with { Namespace = ns };

    public static string Uid(JsonObject item) => item.Text("metadata", "uid") ?? "";

    private async Task<JsonObject?> TryReadPageAsync(int limit, string position, CancellationToken ct)
    {
        try
        {
            return await requests.SendAsync(Page(limit, position), ct);
        }
        catch (RestoreException e) when (e.InnerException is ApiStatusException { Status.IsExpired: true } && position.Length > 0)
        {
            return null;
        }
    }

    private ApiRequest Page(int limit, string position) => ApiRequest.Read("list", type, string.Create(
        CultureInfo.InvariantCulture,
        $"{type.PathIn(ns)}?limit={limit}{(position.Length == 0 ? "" : $"&continue={Uri.EscapeDataString(position)}")}{selector.Query}")) with { Namespace = ns };
}
