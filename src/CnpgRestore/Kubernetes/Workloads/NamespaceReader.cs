using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Workloads;

/// <summary>
/// Lists of all namespaces, one request a kind; where that is not permitted, of each namespace that may be read. What may not be read is told, not
/// passed over.
/// </summary>
/// <param name="home">The Cluster's namespace: where not even the namespaces may be listed, the only one that is known.</param>
/// <param name="only">The namespaces to look at; empty: all.</param>
sealed class NamespaceReader(KubernetesApi api, string home, IReadOnlyList<string> only)
{
    private readonly SortedSet<string> _unreadable = new(StringComparer.Ordinal);
    private IReadOnlyList<string>? _namespaces;

    /// <summary>One clause each: <c>secrets in namespace billing</c>.</summary>
    public IReadOnlyList<string> Unreadable => [.. _unreadable];

    /// <summary>Nothing where the server does not have the type.</summary>
    public async IAsyncEnumerable<JsonObject> ListAsync(ResourceType type, ListSelector selector, [EnumeratorCancellation] CancellationToken ct)
    {
        if (!await api.SupportsAsync(type, ct))
        {
            yield break;
        }

        // Null: all at once.
        var places = new Queue<string?>(only.DefaultIfEmpty());
        while (places.TryDequeue(out var ns))
        {
            await using var items = api.ListAsync(type, ns, selector, ct).GetAsyncEnumerator(ct);
            while (await NextAsync(items, type, ns, places, ct))
            {
                yield return items.Current;
            }
        }
    }

    /// <summary>False at the end, or where it is not permitted; then the namespaces come one by one.</summary>
    private async Task<bool> NextAsync(IAsyncEnumerator<JsonObject> items, ResourceType type, string? ns, Queue<string?> places, CancellationToken ct)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
        {
            if (ns is not null)
            {
                _unreadable.Add($"{type} in namespace {ns}");
            }

            foreach (var each in ns is null ? await NamespacesAsync(ct) : [])
            {
                places.Enqueue(each);
            }

            return false;
        }
    }

    private async Task<IReadOnlyList<string>> NamespacesAsync(CancellationToken ct)
    {
        if (_namespaces is null)
        {
            try
            {
                _namespaces = await api.ListAsync(ResourceTypes.Namespaces, null, ListSelector.All, ct).Select(item => item.Text("metadata", "name")!).ToListAsync(ct);
            }
            catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
            {
                _unreadable.Add($"namespaces, so none but {home}");
                _namespaces = [home];
            }
        }

        return _namespaces;
    }
}
