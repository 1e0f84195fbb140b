using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Plans.Clusters;
using static System.FormattableString;

namespace CnpgRestore.Plans.Prune;

/// <summary>Looks at the folder, at what replaces it and at who needs it, and either makes the plan or says all that is in its way. Only reads.</summary>
public sealed class PrunePlanner(IObjectStore store, TimeProvider clock)
{
    /// <summary>Asked about the Clusters that use the folder; null where Kubernetes is not at hand.</summary>
    public KubernetesApi? Api { get; init; }

    /// <summary>Manifests that may name the folder; null where none were given.</summary>
    public ManifestSet? Manifests { get; init; }

    /// <param name="removalBegun">An unfinished run had come as far as removing, so that an empty folder is its end, not an error.</param>
    /// <exception cref="RestoreException">Exit 2 for a wrong name, 10 for a folder that does not exist, 15 with everything that stands in the way.</exception>
    public async Task<PrunePlan> PlanAsync(PruneRequest request, bool removalBegun, CancellationToken ct)
    {
        CheckName(request.Server, "SERVER");
        var (objects, bytes, youngest, youngestKey) = await SurveyAsync(request.Server, ct);
        if (objects == 0 && !removalBegun)
        {
            throw await NotThereAsync(request.Server, ct);
        }

        var use = new FolderUse(store.Address, request.Server);
        if (Api is not null)
        {
            await use.SearchAsync(Api, ct);
        }

        if (Manifests is not null)
        {
            use.Search(Manifests);
        }

        var problems = use.Problems;
        if (objects > 0 && clock.GetUtcNow() - youngest < request.IdleFor)
        {
            problems.Add(new Problem(
                ProblemCode.Refused,
                $"somebody archives into {request.Server}/",
                Invariant($"{youngestKey} was written at {youngest.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, less than {Spoken.Duration(request.IdleFor)} ago"),
                "stop the cluster that writes there, wait, and run the same command again; a folder that was just copied may be looked at sooner with --idle-for 1m"));
        }

        var newest = await CheckReplacementAsync(request, problems, ct);
        if (problems.Count > 0)
        {
            throw PreflightFailure.Of(problems);
        }

        List<string> notes = [.. use.Notes];
        if (Api is null)
        {
            notes.Add("Kubernetes was not asked who uses the folder; with --cluster it is");
        }

        if (objects == 0)
        {
            notes.Add($"{request.Server}/ is empty: an interrupted removal had only to be proven");
        }

        return new PrunePlan(store.Address, store.Identity, request, objects, new ByteSize(bytes), youngest, request.ReplacedBy!, newest!, notes);
    }

    private static void CheckName(string name, string what) => ServerFolderName.Demand(name, what, "cnpg-restore prune postgres-v17-backup --replaced-by postgres-v17");

    /// <returns>The newest usable base backup of the replacement; null where a problem was added.</returns>
    private async Task<string?> CheckReplacementAsync(PruneRequest request, List<Problem> problems, CancellationToken ct)
    {
        if (request.ReplacedBy is not { } name)
        {
            problems.Add(new Problem(
                ProblemCode.Refused,
                $"nothing says which folder replaces {request.Server}/",
                "it is removed only where another folder holds a newer usable base backup",
                $"cnpg-restore prune {request.Server} --replaced-by SERVER, or --cluster NAME -n NAMESPACE"));
            return null;
        }

        CheckName(name, "--replaced-by");
        if (name == request.Server)
        {
            problems.Add(new Problem(
                ProblemCode.Refused, $"{name}/ cannot replace itself", "it is removed only where another folder holds a newer usable base backup", $"cnpg-restore prune {name} --replaced-by SERVER"));
            return null;
        }

        var replacement = await FolderState.ReadAsync(store, name, ct);
        problems.AddRange(await Replacement.CheckAsync(store, request, await FolderState.ReadAsync(store, request.Server, ct), replacement, ct));
        return Replacement.Newest(replacement) is { } route ? Replacement.Word(route) : null;
    }

    private async Task<(long Objects, long Bytes, DateTimeOffset Youngest, ObjectKey YoungestKey)> SurveyAsync(string server, CancellationToken ct)
    {
        var (objects, bytes, youngest, key) = (0L, 0L, DateTimeOffset.MinValue, default(ObjectKey));
        await foreach (var item in store.ListAsync(KeyPrefix.Root.Folder(server), ct))
        {
            objects++;
            bytes += item.Size;
            if (item.LastModified > youngest)
            {
                (youngest, key) = (item.LastModified, item.Key);
            }
        }

        return (objects, bytes, youngest, key);
    }

    private async Task<RestoreException> NotThereAsync(string server, CancellationToken ct)
    {
        var folders = (await store.ListLevelAsync(KeyPrefix.Root, ct)).Folders.Select(folder => folder.Name).Order(StringComparer.Ordinal).Take(20).ToList();
        return new RestoreException(
            ProblemCode.NotFound,
            $"Source folder does not exist: {server}",
            $"{store.Address} holds {(folders.Count == 0 ? "no folder at all" : string.Join(", ", folders))}; a removal that was killed at its very end leaves nothing either",
            "check the name, --bucket and the credentials: objects of another S3 account or passphrase are invisible");
    }
}
