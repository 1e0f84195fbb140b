using CnpgRestore.ObjectStore;

namespace CnpgRestore.Barman;

/// <summary>Finds the server folders of a bucket.</summary>
public static class ServerFolders
{
    // What else lies in a bucket is not ours, and may be much.
    private const int FoldersInFlight = 8;

    /// <summary>
    /// Every folder directly below the root that has a <c>base/</c> or a <c>wals/</c>, by name. One that may not be looked into is among them: its name
    /// is taken, and whoever means it shall learn that it is closed, not that it is missing.
    /// </summary>
    public static async Task<IReadOnlyList<ServerFolder>> ListAsync(IObjectStore store, CancellationToken ct) =>
        [.. (await LookAsync(store, ct)).Select(found => found.Folder)];

    /// <summary>The folder called <paramref name="name"/>, or the only one where no name is given.</summary>
    /// <exception cref="RestoreException">Exit 10: there is none, or not this one. Exit 2: there are several and none is named.</exception>
    public static async Task<ServerFolder> ChooseAsync(IObjectStore store, string? name, CancellationToken ct)
    {
        if (name is not null && await IsServerAsync(store, ServerFolder.Named(name), ct))
        {
            return ServerFolder.Named(name);
        }

        var found = await LookAsync(store, ct);
        var all = found.Where(one => one.Denial is null).Select(one => one.Folder).ToList();
        if (all.Count == 0 && found.Count > 0)
        {
            throw new RestoreException(found[0].Denial!.Problem, found[0].Denial);
        }

        if (all.Count == 0 && await IsServerAsync(store, new ServerFolder(KeyPrefix.Root), ct))
        {
            throw new RestoreException(
                ProblemCode.NotFound,
                $"Cannot find backup: {store.Address} is a server folder itself",
                "base/ and wals/ lie right in it; the bucket, or the path in it, ends before the server's name",
                OneUp(store.Address) is not var (above, folder) ? "move base/ and wals/ into a folder of the server's name"
                    : store.Address.StartsWith("file:", StringComparison.Ordinal) ? $"cnpg-restore backups list --bucket file:///{above} --server {folder}"
                    : $"cnpg-restore backups list --bucket s3://{above} --server {folder}");
        }

        var names = string.Join(", ", all.Select(folder => folder.Name));
        return (name, all) switch
        {
            (null, [var only]) => only,
            (null, []) => throw new RestoreException(
                ProblemCode.NotFound,
                $"Cannot find backup: {store.Address} holds no server folder",
                "a server folder has base/ and wals/ below it",
                "name the bucket, with its path if it has one: cnpg-restore backups list --bucket s3://NAME/path"),
            (null, _) => throw new RestoreException(
                ProblemCode.Usage, $"{store.Address} holds {all.Count} server folders, and none is named", names, $"cnpg-restore backups list --server {all[0].Name}"),
            (_, []) => throw new RestoreException(
                ProblemCode.NotFound,
                $"Source folder does not exist: {name}/ in {store.Address}",
                "the bucket holds no server folder at all",
                "name the bucket, with its path if it has one: cnpg-restore backups list --bucket s3://NAME/path"),
            _ => throw new RestoreException(
                ProblemCode.NotFound,
                $"Source folder does not exist: {name}/ in {store.Address}",
                $"server folders there: {names}",
                $"cnpg-restore backups list --server {Closest(name, all)}"),
        };
    }

    /// <returns>Without the scheme; null for the root of a bucket, which no server folder can be.</returns>
    private static (string Above, string Folder)? OneUp(string address)
    {
        var path = address[(address.IndexOf("://", StringComparison.Ordinal) + "://".Length)..].Trim('/');
        var end = path.LastIndexOf('/');
        return end > 0 ? (path[..end], path[(end + 1)..]) : null;
    }

    /// <summary>Those that are server folders, and those of which that cannot be said.</summary>
    private static async Task<IReadOnlyList<(ServerFolder Folder, RestoreException? Denial)>> LookAsync(IObjectStore store, CancellationToken ct)
    {
        var folders = (await store.ListLevelAsync(KeyPrefix.Root, ct)).Folders.Order().Select(prefix => new ServerFolder(prefix)).ToList();
        var looks = new (bool IsServer, RestoreException? Denial)[folders.Count];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = FoldersInFlight, CancellationToken = ct };
        await Parallel.ForAsync(0, folders.Count, limit, async (index, token) =>
        {
            try
            {
                looks[index] = (await IsServerAsync(store, folders[index], token), null);
            }
            catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
            {
                looks[index] = (false, e);
            }
        });
        return [.. folders.Zip(looks).Where(one => one.Second.IsServer || one.Second.Denial is not null).Select(one => (one.First, one.Second.Denial))];
    }

    /// <summary>Barman writes <c>base/</c> and <c>wals/</c> and nothing else. These two are asked for: a level of somebody else's folder may have a million keys.</summary>
    private static async Task<bool> IsServerAsync(IObjectStore store, ServerFolder folder, CancellationToken ct) =>
        HoldsAnything(await store.ListLevelAsync(folder.Base, ct)) || HoldsAnything(await store.ListLevelAsync(folder.Wals, ct));

    private static bool HoldsAnything(FolderLevel level) => level.Folders.Count > 0 || level.Objects.Count > 0;

    /// <summary>People write <c>postgres-v17</c> for <c>postgres-v17-backup</c> and the other way round.</summary>
    private static string Closest(string name, IReadOnlyList<ServerFolder> all) => all
        .MaxBy(folder => folder.Name.Zip(name).TakeWhile(pair => pair.First == pair.Second).Count())!.Name;
}
