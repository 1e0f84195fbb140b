using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.GitOps;

/// <summary>
/// Finds what writes an object from Git. First by what the object says (<see cref="GitOpsTrack"/>); where it says nothing but a tool's controller
/// wrote its fields, by what the owners themselves list. It reads every owner once.
/// </summary>
public sealed class GitOpsOwners(KubernetesApi api)
{
    // Older than those of ResourceTypes, newest first.
    private static readonly Dictionary<string, string[]> OlderVersions = new(StringComparer.Ordinal)
    {
        ["Kustomization"] = ["v1beta2", "v1beta1"],
        ["HelmRelease"] = ["v2beta2", "v2beta1"],
        ["Application"] = [],
    };

    // One owner has many objects, and is asked for with each.
    private readonly Dictionary<ObjectReference, JsonObject?> _read = [];
    private readonly Dictionary<(ResourceType Type, string Name), JsonObject?> _named = [];

    /// <summary>
    /// The owner, the owner's owner and so on: the nearest first. Suspending the nearest is enough unless an outer one writes the very field that
    /// suspends it (<see cref="GitOpsSuspension.ContestedBy"/>).
    /// </summary>
    /// <param name="item">As the API gives it, with <c>kind</c>, labels and <c>managedFields</c>.</param>
    public async Task<IReadOnlyList<GitOpsOwner>> FindAsync(JsonObject item, CancellationToken ct)
    {
        var chain = new List<GitOpsOwner>();
        var open = new Queue<JsonObject>([item]);
        while (open.TryDequeue(out var next))
        {
            foreach (var owner in await OwnersOfAsync(next, ct))
            {
                // Flux's first Kustomization applies itself.
                if (chain.TrueForAll(known => known.Reference != owner.Reference))
                {
                    chain.Add(owner);
                    if (owner.Object is not null)
                    {
                        open.Enqueue(owner.Object);
                    }
                }
            }
        }

        return chain;
    }

    /// <summary>The same for an object that is gone: only what the owners themselves list can tell.</summary>
    public Task<IReadOnlyList<GitOpsOwner>> FindMissingAsync(ObjectReference reference, CancellationToken ct)
    {
        var writers = GitOpsTrack.Managers.Select(JsonNode (known) => new JsonObject { ["manager"] = known.Manager });
        var item = new JsonObject
        {
            ["apiVersion"] = reference.Type.ApiVersion,
            ["kind"] = reference.Type.Kind,
            ["metadata"] = new JsonObject { ["namespace"] = reference.Namespace, ["name"] = reference.Name, ["managedFields"] = new JsonArray([.. writers]) },
        };
        return FindAsync(item, ct);
    }

    /// <summary>An ApplicationSet; null where it is gone, or may not be read.</summary>
    public async Task<JsonObject?> FindSetAsync(ObjectReference set, CancellationToken ct)
    {
        try
        {
            return await ReadAsync(set, ct);
        }
        catch (RestoreException e) when (e.Problem.Code is ProblemCode.AccessDenied or ProblemCode.NotFound)
        {
            return null;
        }
    }

    private async Task<List<GitOpsOwner>> OwnersOfAsync(JsonObject item, CancellationToken ct)
    {
        var owners = new List<GitOpsOwner>();
        foreach (var track in GitOpsTrack.Of(item))
        {
            if (await ResolveAsync(track, item, ct) is { } owner)
            {
                owners.Add(owner);
            }
        }

        foreach (var writer in GitOpsTrack.WritersOf(item).Where(writer => owners.TrueForAll(owner => owner.Reference.Type.Kind != writer.Kind)))
        {
            var type = await ServedAsync(writer, ct);
            if (type is not null && await SearchAsync(type.Value, null, candidate => GitOpsTrack.Lists(candidate, writer, item), ct) is { } found)
            {
                owners.Add(new GitOpsOwner(ObjectReference.Of(type.Value, found), $"its own list, and the field manager of {item.Text("kind")}", found));
            }
        }

        return owners;
    }

    private async Task<GitOpsOwner?> ResolveAsync(GitOpsTrack track, JsonObject item, CancellationToken ct)
    {
        var type = await ServedAsync(track.Type, ct);
        JsonObject? found = null;
        if (type is not null)
        {
            found = track.Namespace is { } ns
                ? await ReadAsync(new ObjectReference(type.Value, ns, track.Name), ct)
                : track.IsProof ? await NamedAsync(type.Value, track.Name, ct)
                : await SearchAsync(type.Value, track.Name, candidate => GitOpsTrack.Lists(candidate, track.Type, item), ct);
        }

        if (found is not null)
        {
            return new GitOpsOwner(ObjectReference.Of(type!.Value, found), track.Evidence, found);
        }

        return track.IsProof ? new GitOpsOwner(new ObjectReference(type ?? track.Type, track.Namespace, track.Name), track.Evidence, null) : null;
    }

    private async Task<JsonObject?> ReadAsync(ObjectReference reference, CancellationToken ct) =>
        _read.TryGetValue(reference, out var known) ? known : _read[reference] = await api.FindAsync(reference, ct);

    private async Task<JsonObject?> NamedAsync(ResourceType type, string name, CancellationToken ct) =>
        _named.TryGetValue((type, name), out var known) ? known : _named[(type, name)] = await SearchAsync(type, name, _ => true, ct);

    private async Task<JsonObject?> SearchAsync(ResourceType type, string? name, Func<JsonObject, bool> isOwner, CancellationToken ct)
    {
        await foreach (var candidate in api.ListAsync(type, null, name is null ? ListSelector.All : ListSelector.Named(name), ct))
        {
            if (isOwner(candidate))
            {
                // Items of a list come without the two, which owners of owners are found by.
                candidate["apiVersion"] ??= type.ApiVersion;
                candidate["kind"] ??= type.Kind;
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The type in the version that this server has; null where the tool is not installed.</summary>
    internal async Task<ResourceType?> ServedAsync(ResourceType type, CancellationToken ct)
    {
        foreach (var version in (IEnumerable<string>)[type.Version, .. OlderVersions[type.Kind]])
        {
            if (await api.SupportsAsync(type with { Version = version }, ct))
            {
                return type with { Version = version };
            }
        }

        return null;
    }
}
