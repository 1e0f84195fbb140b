using CnpgRestore.ObjectStore;
using CsCheck;

namespace CnpgRestore.Tests.ObjectStore;

/// <summary>Random pairs of folders in a real directory, against plain sets.</summary>
public sealed class FolderComparisonTests
{
    private static readonly Gen<HashSet<string>> Folder =
        Gen.Select(Gen.Int[0, 3], Gen.OneOf("a", "b", "c d"), Gen.Int[0, 4]).Select((depth, folder, n) => string.Concat(Enumerable.Repeat($"{folder}/", depth)) + $"o{n}")
            .Array[0, 8].Select(keys => keys.ToHashSet());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_folders_compare_as_their_sets_of_keys_do() => await Gen.Select(Folder, Folder).SampleAsync(async (left, right) =>
    {
        var root = Directory.CreateTempSubdirectory("cnpg-restore-comparison-");
        try
        {
            using var store = new DirectoryObjectStore(root.FullName);
            var (source, target) = (new KeyPrefix("one/"), new KeyPrefix("one-backup/"));
            await PutAsync(store, source, left);
            await PutAsync(store, target, right);

            var (onlyInSource, onlyInTarget, inBoth) = (new List<string>(), new List<string>(), new List<string>());
            await foreach (var level in store.CompareFoldersAsync(source, target, Ct))
            {
                onlyInSource.AddRange(level.OnlyInSource.Select(item => source.Relative(item.Key)));
                onlyInTarget.AddRange(level.OnlyInTarget.Select(item => target.Relative(item.Key)));
                Assert.All(level.InBoth, pair => Assert.Equal(source.Relative(pair.Source.Key), target.Relative(pair.Target.Key)));
                inBoth.AddRange(level.InBoth.Select(pair => source.Relative(pair.Source.Key)));
            }

            Assert.Equal(left.Except(right).Order(), onlyInSource.Order());
            Assert.Equal(right.Except(left).Order(), onlyInTarget.Order());
            Assert.Equal(left.Intersect(right).Order(), inBoth.Order());

            var listed = new List<string>();
            await foreach (var item in store.ListAsync(source, Ct))
            {
                listed.Add(source.Relative(item.Key));
            }

            Assert.Equal(left.Order(), listed.Order());
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }, iter: 60);

    private static async Task PutAsync(DirectoryObjectStore store, KeyPrefix prefix, HashSet<string> names)
    {
        foreach (var name in names)
        {
            await store.PutAsync(prefix.Key(name), new byte[1], Ct);
        }
    }
}
