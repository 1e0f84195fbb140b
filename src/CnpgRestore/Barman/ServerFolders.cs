using CnpgRestore.ObjectStore;

namespace CnpgRestore.Barman;

/// <summary>Finds the server folders of a bucket.</summary>
public static class ServerFolders
{
    /// <summary>Every folder directly below the root that has a <c>base/</c> or a <c>wals/</c>, by name.</summary>
    public static async Task<IReadOnlyList<ServerFolder>> ListAsync(IObjectStore store, CancellationToken ct)
    {
        var root = await store.ListLevelAsync(KeyPrefix.Root, ct);
        var found = new List<ServerFolder>();
        foreach (var prefix in root.Folders.Order())
        {
            if (ServerFolder.IsServerLevel(await store.ListLevelAsync(prefix, ct)))
            {
                found.Add(new ServerFolder(prefix));
            }
        }

        return found;
    }

    /// <summary>The folder called <paramref name="name"/>, or the only one where no name is given.</summary>
    /// <exception cref="RestoreException">Exit 10: there is none, or not this one. Exit 2: there are several and none is named.</exception>
    public static async Task<ServerFolder> ChooseAsync(IObjectStore store, string? name, CancellationToken ct)
    {
        if (name is not null && ServerFolder.IsServerLevel(await store.ListLevelAsync(ServerFolder.Named(name).Root, ct)))
        {
            return ServerFolder.Named(name);
        }

        var all = await ListAsync(store, ct);
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

    /// <summary>People write <c>postgres-v17</c> for <c>postgres-v17-backup</c> and the other way round.</summary>
    private static string Closest(string name, IReadOnlyList<ServerFolder> all) => all
        .MaxBy(folder => folder.Name.Zip(name).TakeWhile(pair => pair.First == pair.Second).Count())!.Name;
}
