namespace CnpgRestore.ObjectStore;

/// <summary>Two folders side by side, level by level, so that memory is bounded by the largest level and not by the folder.</summary>
public static class FolderComparison
{
    /// <summary>Lists both sides of every level that exists on either; levels come in no order.</summary>
    public static IAsyncEnumerable<ComparedLevel> CompareFoldersAsync(this IObjectStore store, KeyPrefix source, KeyPrefix target, CancellationToken ct) =>
        Traversal.RunAsync(
            source,
            async (folder, token) =>
            {
                var right = store.ListLevelAsync(folder.Rebase(source, target), token);
                var left = await store.ListLevelAsync(folder, token);
                return Compare(left, await right, source, target);
            },
            level => level.Folders,
            ct);

    private static ComparedLevel Compare(FolderLevel left, FolderLevel right, KeyPrefix source, KeyPrefix target)
    {
        var unmatched = right.Objects.ToDictionary(item => item.Key.Rebase(target, source));
        var onlyInSource = new List<StoredObject>();
        var inBoth = new List<ObjectPair>();
        foreach (var item in left.Objects)
        {
            if (unmatched.Remove(item.Key, out var twin))
            {
                inBoth.Add(new ObjectPair(item, twin));
            }
            else
            {
                onlyInSource.Add(item);
            }
        }

        var folders = left.Folders.Union(right.Folders.Select(folder => folder.Rebase(target, source)));
        return new ComparedLevel([.. folders], onlyInSource, [.. unmatched.Values], inBoth);
    }
}
