using System.Security.Cryptography;
using System.Text;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.ServerTests.ObjectStore;

/// <summary>What every object store does alike; one derived class for each.</summary>
public abstract class ObjectStoreConformance
{
    private static readonly KeyPrefix Folder = KeyPrefix.Root.Folder("postgres-v17");

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A store that holds nothing yet.</summary>
    protected abstract Task<IObjectStore> OpenAsync();

    /// <summary>Writes an object the way Barman writes its tars: in parts, where the store knows them.</summary>
    protected abstract Task UploadInPartsAsync(IObjectStore store, ObjectKey key, byte[] content);

    [Fact]
    public async Task What_is_put_is_found_and_read()
    {
        using var store = await OpenAsync();
        var before = TimeProvider.System.GetUtcNow();
        await store.PutAsync(Folder.Key("base/1/backup.info"), "status=DONE"u8.ToArray(), Ct);

        var found = await store.FindAsync(Folder.Key("base/1/backup.info"), Ct);

        Assert.NotNull(found);
        Assert.Equal(Folder.Key("base/1/backup.info"), found.Key);
        Assert.Equal(11, found.Size);
        Assert.InRange(found.LastModified, before.AddMinutes(-1), before.AddMinutes(1));
        Assert.Equal("status=DONE", await ReadTextAsync(store, found.Key));
    }

    [Fact]
    public async Task A_put_replaces_what_was_there()
    {
        using var store = await OpenAsync();
        await store.PutAsync(Folder.Key("x"), "a longer text"u8.ToArray(), Ct);
        await store.PutAsync(Folder.Key("x"), "short"u8.ToArray(), Ct);

        Assert.Equal("short", await ReadTextAsync(store, Folder.Key("x")));
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        using var store = await OpenAsync();
        await store.PutAsync(Folder.Key("empty"), ReadOnlyMemory<byte>.Empty, Ct);

        Assert.Equal(0, (await store.FindAsync(Folder.Key("empty"), Ct))!.Size);
        Assert.Equal("", await ReadTextAsync(store, Folder.Key("empty")));
        Assert.Equal(Folder.Key("empty"), Assert.Single((await store.ListLevelAsync(Folder, Ct)).Objects).Key);
    }

    [Fact]
    public async Task A_missing_object_is_null_to_find_and_NotFound_to_read()
    {
        using var store = await OpenAsync();

        Assert.Null(await store.FindAsync(Folder.Key("missing"), Ct));
        var problem = await ProblemOfAsync(() => store.OpenReadAsync(Folder.Key("missing"), range: null, Ct));

        Assert.Equal(ProblemCode.NotFound, problem.Code);
        Assert.Contains("postgres-v17/missing", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_of_a_missing_object_is_NotFound_and_leaves_nothing()
    {
        using var store = await OpenAsync();
        await store.PutAsync(Folder.Key("there"), "x"u8.ToArray(), Ct);
        var there = (await store.FindAsync(Folder.Key("there"), Ct))!;

        var problem = await ProblemOfAsync(() => store.CopyAsync(there with { Key = Folder.Key("missing") }, Folder.Key("copy"), Ct));

        Assert.Equal(ProblemCode.NotFound, problem.Code);
        Assert.Null(await store.FindAsync(Folder.Key("copy"), Ct));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 100_000)]
    [InlineData(1, 10)]
    [InlineData(65_535, 2)]
    [InlineData(99_999, 1)]
    public async Task A_range_is_exactly_its_bytes(long offset, long length)
    {
        using var store = await OpenAsync();
        var content = RandomNumberGenerator.GetBytes(100_000);
        await store.PutAsync(Folder.Key("data.tar"), content, Ct);

        await using var stream = await store.OpenReadAsync(Folder.Key("data.tar"), new ByteRange(offset, length), Ct);

        Assert.Equal(content[(int)offset..(int)(offset + length)], await ReadAsync(stream));
    }

    [Fact]
    public async Task A_level_shows_its_objects_and_its_folders_and_nothing_deeper()
    {
        using var store = await OpenAsync();
        await PutAllAsync(store, ["a", "wals/00000002.history", "wals/0000000100000000/1", "wals/0000000100000000/2", "base/20260301T020000/backup.info"]);

        var top = await store.ListLevelAsync(Folder, Ct);
        var wals = await store.ListLevelAsync(Folder.Folder("wals"), Ct);

        Assert.Equal(["postgres-v17/a"], Keys(top));
        Assert.Equal([Folder.Folder("base"), Folder.Folder("wals")], top.Folders.Order());
        Assert.Equal(["postgres-v17/wals/00000002.history"], Keys(wals));
        Assert.Equal([Folder.Folder("wals").Folder("0000000100000000")], wals.Folders);
    }

    [Fact]
    public async Task A_folder_never_shows_another_one_whose_name_begins_alike()
    {
        using var store = await OpenAsync();
        await PutAllAsync(store, ["wals/1"]);
        await store.PutAsync(new ObjectKey("postgres-v17-backup/wals/2"), "2"u8.ToArray(), Ct);
        await store.PutAsync(new ObjectKey("postgres-v170/wals/3"), "3"u8.ToArray(), Ct);
        await store.PutAsync(new ObjectKey("postgres-v17.txt"), "4"u8.ToArray(), Ct);

        Assert.Equal(["postgres-v17/wals/1"], await AllKeysAsync(store, Folder));
        Assert.Equal(["postgres-v17", "postgres-v17-backup", "postgres-v170"], (await store.ListLevelAsync(KeyPrefix.Root, Ct)).Folders.Select(folder => folder.Name).Order());
        Assert.Equal(["postgres-v17.txt"], Keys(await store.ListLevelAsync(KeyPrefix.Root, Ct)));
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_empty()
    {
        using var store = await OpenAsync();

        var level = await store.ListLevelAsync(Folder.Folder("wals"), Ct);

        Assert.Empty(level.Objects);
        Assert.Empty(level.Folders);
    }

    [Fact]
    public async Task More_than_a_page_of_objects_and_folders_is_listed_whole_and_deleted_whole()
    {
        using var store = await OpenAsync();
        var names = Enumerable.Range(0, 1300).Select(n => n % 4 == 0 ? $"wals/{n:X16}/{n:X24}" : $"wals/{n:X8}.history").ToList();
        await PutAllAsync(store, names);

        var level = await store.ListLevelAsync(Folder.Folder("wals"), Ct);
        Assert.Equal(325, level.Folders.Distinct().Count());
        Assert.Equal(325, level.Folders.Count);
        Assert.Equal(975, level.Objects.Select(item => item.Key).Distinct().Count());
        Assert.Equal(names.Select(Folder.Key).Order(), (await AllKeysAsync(store, Folder)).Select(key => new ObjectKey(key)).Order());

        await store.DeleteAsync([.. names.Select(Folder.Key)], Ct);
        Assert.Empty(await AllKeysAsync(store, KeyPrefix.Root));
    }

    [Fact]
    public async Task Deleting_what_is_gone_is_no_error_and_touches_nothing_else()
    {
        using var store = await OpenAsync();
        await PutAllAsync(store, ["a", "b"]);

        await store.DeleteAsync([Folder.Key("a"), Folder.Key("missing"), Folder.Key("missing/deeper")], Ct);
        await store.DeleteAsync([Folder.Key("a")], Ct);
        await store.DeleteAsync([], Ct);

        Assert.Equal(["postgres-v17/b"], await AllKeysAsync(store, KeyPrefix.Root));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData(" leading and trailing ")]
    [InlineData("a+b")]
    [InlineData("50%")]
    [InlineData("50%25")]
    [InlineData("%2F")]
    [InlineData("a&b=c?d#e")]
    [InlineData("it's \"quoted\"")]
    [InlineData("<xml>&amp;")]
    [InlineData("semi;colon:comma,at@dollar$star*")]
    [InlineData("back\\slash")]
    [InlineData("[brackets]{braces}(round)")]
    [InlineData("tilde~caret^bar|exclamation!")]
    [InlineData("Grüße-名前-😀")]
    [InlineData("...")]
    public async Task Odd_names_survive_every_operation(string name)
    {
        using var store = await OpenAsync();
        var (key, copy) = (Folder.Folder(name).Key(name), new KeyPrefix("copy/").Key(name));
        await store.PutAsync(key, Encoding.UTF8.GetBytes(name), Ct);
        await store.PutAsync(Folder.Key("neighbour"), "stays"u8.ToArray(), Ct);

        var found = (await store.FindAsync(key, Ct))!;
        await store.CopyAsync(found, copy, Ct);

        Assert.Equal(name, await ReadTextAsync(store, key));
        Assert.Equal(name, await ReadTextAsync(store, copy));
        Assert.Contains(Folder.Folder(name), (await store.ListLevelAsync(Folder, Ct)).Folders);
        Assert.Equal([copy.Value, Folder.Key("neighbour").Value, key.Value], await AllKeysAsync(store, KeyPrefix.Root), StringSetComparer);
        await store.DeleteAsync([key, copy], Ct);
        Assert.Equal(["postgres-v17/neighbour"], await AllKeysAsync(store, KeyPrefix.Root));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20_000)]
    public async Task A_copy_has_the_content_and_is_proven_equal(int size)
    {
        using var store = await OpenAsync();
        var content = RandomNumberGenerator.GetBytes(size);
        await store.PutAsync(Folder.Key("source"), content, Ct);
        var source = (await store.FindAsync(Folder.Key("source"), Ct))!;

        await store.CopyAsync(source, Folder.Key("target"), Ct);

        var target = (await store.FindAsync(Folder.Key("target"), Ct))!;
        Assert.Equal(content, await ReadAsync(store, target.Key));
        Assert.NotEqual(Evidence.Different, await store.CompareAsync(source, target, Ct));
        Assert.Equal(Evidence.Content, await store.ReadBackAsync(new ObjectPair(source, target), Ct));
    }

    [Fact]
    public async Task A_copy_of_an_object_in_parts_has_the_content()
    {
        using var store = await OpenAsync();
        var content = RandomNumberGenerator.GetBytes(12_345_678);
        await UploadInPartsAsync(store, Folder.Key("base/1/data.tar"), content);
        var source = (await store.FindAsync(Folder.Key("base/1/data.tar"), Ct))!;

        await store.CopyAsync(source, Folder.Key("copy/data.tar"), Ct);

        var target = (await store.FindAsync(Folder.Key("copy/data.tar"), Ct))!;
        Assert.Equal(content.Length, target.Size);
        Assert.NotEqual(Evidence.Different, await store.CompareAsync(source, target, Ct));
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await ReadAsync(store, target.Key)));
    }

    [Fact]
    public async Task A_copy_replaces_an_existing_target()
    {
        using var store = await OpenAsync();
        await store.PutAsync(Folder.Key("source"), "new"u8.ToArray(), Ct);
        await store.PutAsync(Folder.Key("target"), "old and longer"u8.ToArray(), Ct);

        await store.CopyAsync((await store.FindAsync(Folder.Key("source"), Ct))!, Folder.Key("target"), Ct);

        Assert.Equal("new", await ReadTextAsync(store, Folder.Key("target")));
    }

    [Fact]
    public async Task Equal_sizes_alone_are_never_more_than_Size_and_other_sizes_are_Different()
    {
        using var store = await OpenAsync();
        await store.PutAsync(Folder.Key("a"), "abc"u8.ToArray(), Ct);
        await store.PutAsync(Folder.Key("b"), "abd"u8.ToArray(), Ct);
        await store.PutAsync(Folder.Key("c"), "abcd"u8.ToArray(), Ct);
        var (a, b, c) = ((await store.FindAsync(Folder.Key("a"), Ct))!, (await store.FindAsync(Folder.Key("b"), Ct))!, (await store.FindAsync(Folder.Key("c"), Ct))!);

        Assert.InRange(await store.CompareAsync(a, b, Ct), Evidence.Different, Evidence.Size);
        Assert.Equal(Evidence.Different, await store.ReadBackAsync(new ObjectPair(a, b), Ct));
        Assert.Equal(Evidence.Different, await store.CompareAsync(a, c, Ct));
    }

    [Fact]
    public async Task Many_threads_may_put_copy_list_and_delete_in_one_folder()
    {
        using var store = await OpenAsync();
        await Parallel.ForAsync(0, 150, new ParallelOptions { MaxDegreeOfParallelism = 24, CancellationToken = Ct }, async (n, ct) =>
        {
            var (key, copy, passing) = (Folder.Key($"wals/{n:X8}"), Folder.Key($"copy/{n:X8}"), Folder.Key($"passing/{n % 5}/{n:X8}"));
            await store.PutAsync(key, BitConverter.GetBytes(n), ct);
            await store.CopyAsync((await store.FindAsync(key, ct))!, copy, ct);
            await store.PutAsync(passing, BitConverter.GetBytes(n), ct);
            await store.ListLevelAsync(Folder.Folder("passing"), ct);
            await store.ListLevelAsync(Folder.Folder("passing").Folder($"{n % 5}"), ct);
            await store.DeleteAsync([passing], ct);
        });

        Assert.Equal(300, (await AllKeysAsync(store, KeyPrefix.Root)).Count);
        for (var n = 0; n < 150; n += 7)
        {
            Assert.Equal(BitConverter.GetBytes(n), await ReadAsync(store, Folder.Key($"copy/{n:X8}")));
        }
    }

    [Fact]
    public async Task A_cancelled_call_throws_as_cancelled_and_changes_nothing()
    {
        using var store = await OpenAsync();
        await PutAllAsync(store, ["a"]);
        var a = (await store.FindAsync(Folder.Key("a"), Ct))!;
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.ListLevelAsync(Folder, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutAsync(Folder.Key("b"), "b"u8.ToArray(), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.CopyAsync(a, Folder.Key("c"), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.DeleteAsync([a.Key], cancelled.Token));

        Assert.Equal(["postgres-v17/a"], await AllKeysAsync(store, KeyPrefix.Root));
    }

    protected static IEqualityComparer<IEnumerable<string>> StringSetComparer { get; } =
        EqualityComparer<IEnumerable<string>>.Create((left, right) => left!.Order().SequenceEqual(right!.Order()));

    protected static async Task PutAllAsync(IObjectStore store, IReadOnlyList<string> names) =>
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 48, CancellationToken = Ct }, async (name, ct) =>
            await store.PutAsync(Folder.Key(name), Encoding.UTF8.GetBytes(name), ct));

    protected static async Task<List<string>> AllKeysAsync(IObjectStore store, KeyPrefix prefix)
    {
        var keys = new List<string>();
        await foreach (var item in store.ListAsync(prefix, Ct))
        {
            keys.Add(item.Key.Value);
        }

        return keys;
    }

    protected static async Task<Problem> ProblemOfAsync(Func<Task> action) => (await Assert.ThrowsAsync<RestoreException>(action)).Problem;

    protected static async Task<byte[]> ReadAsync(IObjectStore store, ObjectKey key)
    {
        await using var stream = await store.OpenReadAsync(key, range: null, Ct);
        return await ReadAsync(stream);
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Ct);
        return memory.ToArray();
    }

    private static async Task<string> ReadTextAsync(IObjectStore store, ObjectKey key) => Encoding.UTF8.GetString(await ReadAsync(store, key));

    private static IEnumerable<string> Keys(FolderLevel level) => level.Objects.Select(item => item.Key.Value).Order();
}
