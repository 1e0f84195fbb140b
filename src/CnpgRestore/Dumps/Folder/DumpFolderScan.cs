using CnpgRestore.Compression;

namespace CnpgRestore.Dumps.Folder;

/// <summary>Lists a folder and the folders in it, and puts the names of one dump together.</summary>
static class DumpFolderScan
{
    // The more precise the name, the earlier: last/ has the second, daily/ the day.
    private static readonly string[] Order = ["last", "daily", "weekly", "monthly"];

    public static async Task<DumpFolder> RunAsync(IDumpPlace place, string path, CancellationToken ct)
    {
        var groups = new Dictionary<string, (DumpFile File, List<string> Names, List<string> Links)>();
        var dangling = new List<string>();
        foreach (var entry in Entries(path, await place.ListAsync(path, ct)))
        {
            var name = System.IO.Path.GetRelativePath(path, entry.Path);
            if (entry.Identity is not { } key)
            {
                dangling.Add(name);
                continue;
            }

            if (!groups.TryGetValue(key, out var group))
            {
                var file = await OpenAsync(place, entry, ct);
                if (file.Format == DumpFormat.Unknown && file.Damage is null && file.Refusal is null && !name.Contains(".sql", StringComparison.Ordinal))
                {
                    continue;
                }

                groups[key] = group = (file, [], []);
            }

            (!entry.IsLink ? group.Names : group.Links).Add(name);
        }

        if (groups.Count > 0 && groups.Values.All(group => group.File.Refusal is not null))
        {
            throw new RestoreException(groups.Values.First().File.Refusal!);
        }

        if (groups.Count == 0)
        {
            throw new RestoreException(ProblemCode.NotFound, $"Backup file not found: {path} holds no dump", "looked in it and in the folders in it", "cnpg-restore dumps list FOLDER");
        }

        var dumps = groups.Values.Select(group => Kept(group.File, group.Names, group.Links)).OrderByDescending(dump => dump.Time).ThenByDescending(dump => dump.Names[0], StringComparer.Ordinal);
        return new DumpFolder(path, DumpFolder.Compared([.. dumps]), dangling);
    }

    /// <summary>One file or folder that is closed to this user is no reason to hide the others; that it is there, they must be told.</summary>
    private static async Task<DumpFile> OpenAsync(IDumpPlace place, PlacedFile entry, CancellationToken ct)
    {
        if (entry.Refusal is { } refusal)
        {
            return Closed(place, entry, refusal);
        }

        try
        {
            return await DumpFile.OpenAsync(place, entry.Target, ct);
        }
        catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
        {
            return Closed(place, entry, e.Problem);
        }
    }

    private static DumpFile Closed(IDumpPlace place, PlacedFile entry, Problem refusal) =>
        new(entry.Target, entry.Size, entry.LastWritten, ArchiveCompression.None, DumpFormat.Unknown) { Place = place, Refusal = refusal };

    private static KeptDump Kept(DumpFile file, List<string> names, List<string> links)
    {
        // A link may lead out of the folder: then it is the only name there is.
        var all = names.Count > 0 ? names : [.. links];
        all.Sort((left, right) => (Rank(left), left).CompareTo((Rank(right), right)));
        links.Sort(StringComparer.Ordinal);
        var parsed = all.Select(name => DumpName.TryParse(System.IO.Path.GetFileName(name), DumpFolder.FolderOf("/" + name))).ToList();
        var dated = parsed.Find(name => name is { IsLatest: false });
        return new KeptDump(file, all, links, (dated ?? parsed.Find(name => name?.Database is not null))?.Database, DumpFolder.TimeOf(dated, file.LastWritten));
    }

    // The folder itself, and one level below; a folder in directory format is a dump, and one that is closed may be one, or be full of them.
    private static IEnumerable<PlacedFile> Entries(string path, IReadOnlyList<PlacedFile> all)
    {
        var dumps = all.Where(file => System.IO.Path.GetFileName(file.Path) == "toc.dat").Select(file => System.IO.Path.GetDirectoryName(file.Path)).ToHashSet(StringComparer.Ordinal);
        var root = System.IO.Path.TrimEndingDirectorySeparator(path);
        return all.Where(file => (!file.IsFolder || file.Refusal is not null || dumps.Contains(file.Path)) && System.IO.Path.GetDirectoryName(file.Path) is { } folder
            && (folder == root || (System.IO.Path.GetDirectoryName(folder) == root && !dumps.Contains(folder))));
    }

    private static int Rank(string name) => Array.IndexOf(Order, System.IO.Path.GetDirectoryName(name)) is var rank and >= 0 ? rank : Order.Length;
}
