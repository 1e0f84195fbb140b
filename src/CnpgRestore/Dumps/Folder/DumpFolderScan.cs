namespace CnpgRestore.Dumps.Folder;

/// <summary>Lists a folder and the folders in it, and puts the names of one dump together.</summary>
static class DumpFolderScan
{
    // The more precise the name, the earlier: last/ has the second, daily/ the day.
    private static readonly string[] Order = ["last", "daily", "weekly", "monthly"];

    public static async Task<DumpFolder> RunAsync(string path, CancellationToken ct)
    {
        var groups = new Dictionary<object, (DumpFile File, List<string> Names, List<string> Links)>();
        var dangling = new List<string>();
        foreach (var entry in Entries(path))
        {
            var name = System.IO.Path.GetRelativePath(path, entry.FullName);
            var target = entry.LinkTarget is null ? entry : entry.ResolveLinkTarget(returnFinalTarget: true);
            if (target is not { Exists: true })
            {
                dangling.Add(name);
                continue;
            }

            object key = FileIdentity.Of(target.FullName) is { } identity ? identity : target.FullName;
            if (!groups.TryGetValue(key, out var group))
            {
                var file = await DumpFile.OpenAsync(target.FullName, ct);
                if (file.Format == DumpFormat.Unknown && file.Damage is null && !name.Contains(".sql", StringComparison.Ordinal))
                {
                    continue;
                }

                groups[key] = group = (file, [], []);
            }

            (entry.LinkTarget is null ? group.Names : group.Links).Add(name);
        }

        if (groups.Count == 0)
        {
            throw new RestoreException(ProblemCode.NotFound, $"Backup file not found: {path} holds no dump", "looked in it and in the folders in it", "cnpg-restore dumps list FOLDER");
        }

        var dumps = groups.Values.Select(group => Kept(group.File, group.Names, group.Links)).OrderByDescending(dump => dump.Time).ThenByDescending(dump => dump.Names[0], StringComparer.Ordinal);
        return new DumpFolder(path, DumpFolder.Compared([.. dumps]), dangling);
    }

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

    // The folder itself, and one level below; a folder in directory format is a dump.
    private static IEnumerable<FileSystemInfo> Entries(string path)
    {
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal).Where(IsVisible))
        {
            if (entry is not DirectoryInfo || IsDump(entry))
            {
                yield return entry;
                continue;
            }

            foreach (var inner in new DirectoryInfo(entry.FullName).EnumerateFileSystemInfos().OrderBy(inner => inner.Name, StringComparer.Ordinal).Where(IsVisible))
            {
                if (inner is not DirectoryInfo || IsDump(inner))
                {
                    yield return inner;
                }
            }
        }
    }

    private static bool IsVisible(FileSystemInfo entry) => !entry.Name.StartsWith('.');

    private static bool IsDump(FileSystemInfo folder) => File.Exists(System.IO.Path.Combine(folder.FullName, "toc.dat"));

    private static int Rank(string name) => Array.IndexOf(Order, System.IO.Path.GetDirectoryName(name)) is var rank and >= 0 ? rank : Order.Length;
}
