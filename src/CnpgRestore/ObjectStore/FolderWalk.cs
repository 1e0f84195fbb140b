using System.Runtime.CompilerServices;

namespace CnpgRestore.ObjectStore;

/// <summary>
/// Lists a whole folder level by level, several levels at a time. A level is small in Barman's layout, so memory stays flat however many
/// objects there are, and no order is relied upon.
/// </summary>
public static class FolderWalk
{
    /// <summary>Every level below and including <paramref name="prefix"/>, in no order.</summary>
    public static IAsyncEnumerable<FolderLevel> WalkAsync(this IObjectStore store, KeyPrefix prefix, CancellationToken ct) =>
        Traversal.RunAsync(prefix, store.ListLevelAsync, level => level.Folders, ct);

    /// <summary>Every object below a prefix, in no order.</summary>
    public static async IAsyncEnumerable<StoredObject> ListAsync(this IObjectStore store, KeyPrefix prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var level in store.WalkAsync(prefix, ct))
        {
            foreach (var item in level.Objects)
            {
                yield return item;
            }
        }
    }
}
