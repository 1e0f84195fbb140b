using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Prune;

/// <summary>Everything that <c>prune</c> refuses on the word of the store and of manifests: exit 15, all of it told together, and nothing removed.</summary>
public sealed class PruneRefusalTests : IDisposable
{
    private static readonly DateTime LongAgo = new(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryFolder _bucket = new("bucket");
    private readonly TemporaryFolder _home = new("home");

    public PruneRefusalTests()
    {
        Put("old", PruneFolders.Former());
        Put("new", PruneFolders.Later());
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_stands_in_the_way_of_a_folder_that_is_replaced()
    {
        var result = await RunAsync("old", "--replaced-by", "new", "--yes");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(["new"], Directory.GetDirectories(_bucket.Path).Select(Path.GetFileName));
    }

    [Fact]
    public Task Nobody_has_said_what_replaces_it() => AssertRefusedAsync(["old"], "nothing says which folder replaces old/", "cnpg-restore prune old --replaced-by SERVER");

    [Fact]
    public Task It_cannot_replace_itself() => AssertRefusedAsync(["old", "--replaced-by", "old"], "old/ cannot replace itself");

    [Fact]
    public Task The_other_folder_is_the_older_one() => AssertRefusedAsync(["new", "--replaced-by", "old"], "old/ holds no newer base backup than new/", "2026-11-23T17:52:38");

    [Fact]
    public Task The_other_folder_does_not_exist() => AssertRefusedAsync(["old", "--replaced-by", "nothing"], "nothing/ holds no usable base backup", "old/ may be the only way back");

    [Fact]
    public async Task The_backups_of_the_other_folder_miss_a_part()
    {
        foreach (var tar in Directory.GetFiles(Path.Combine(_bucket.Path, "new", "base"), "data.tar*", SearchOption.AllDirectories))
        {
            File.Delete(tar);
        }

        await AssertRefusedAsync(["old", "--replaced-by", "new"], "new/ holds no usable base backup", "data.tar is missing");
    }

    [Fact]
    public async Task The_WAL_of_the_other_backups_is_missing()
    {
        foreach (var segment in Directory.GetFiles(Path.Combine(_bucket.Path, "new", "wals"), "*", SearchOption.AllDirectories))
        {
            File.Delete(segment);
        }

        await AssertRefusedAsync(["old", "--replaced-by", "new"], "new/ holds no usable base backup");
    }

    [Fact]
    public async Task The_other_folder_is_of_another_database_unless_that_is_meant()
    {
        Put("new", PruneFolders.Edited(("2026-11-22 17", "2026-11-23 17"), (PruneFolders.SystemIdentifier, "7711054909860330000")));

        await AssertRefusedAsync(["old", "--replaced-by", "new"], "new/ holds another database than old/", PruneFolders.SystemIdentifier, "--new-system");
        var meant = await RunAsync("old", "--replaced-by", "new", "--new-system", "--dry-run");
        Assert.True(meant.ExitCode == 0, meant.Error);
    }

    [Fact]
    public async Task Transactions_behind_the_other_backup_are_in_the_old_folder_alone()
    {
        // A second later than the last backup of the old folder, and before the end of its WAL.
        Put("new", PruneFolders.Edited((PruneFolders.FormerEnd, "2026-11-22 17:52:39.000000")));

        await AssertRefusedAsync(["old", "--replaced-by", "new"], "old/ holds later transactions than the newest base backup of new/");
    }

    [Fact]
    public async Task A_later_backup_that_cannot_be_read_may_be_the_only_one_of_its_data()
    {
        var info = Path.Combine(Directory.CreateDirectory(Path.Combine(_bucket.Path, "old", "base", "20261125T000000")).FullName, "backup.info");
        await File.WriteAllTextAsync(info, "garbage", Ct);
        File.SetLastWriteTimeUtc(info, LongAgo);

        await AssertRefusedAsync(["old", "--replaced-by", "new"], "old/ holds a later base backup than new/, and it cannot be read", "20261125T000000");
    }

    [Fact]
    public async Task Somebody_archives_there_and_that_is_told_together_with_all_else()
    {
        var fresh = Path.Combine(_bucket.Path, "old", "wals", "0000000200000000", "000000020000000000000011");
        await File.WriteAllTextAsync(fresh, "x", Ct);

        await AssertRefusedAsync(["old"], "2 things stand in the way", "somebody archives into old/", "000000020000000000000011", "nothing says which folder replaces old/");
    }

    [Theory]
    [InlineData("no-such-folder", 10, "Source folder does not exist: no-such-folder")]
    [InlineData("old/base", 2, "'old/base' is not a folder name for SERVER")]
    [InlineData("", 2, "SERVER has an empty value")]
    public async Task It_is_no_folder(string server, int exitCode, string message)
    {
        var result = await RunAsync(server, "--replaced-by", "new", "--yes");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public Task Nobody_has_agreed() => AssertRefusedAsync(["old", "--replaced-by", "new"], "the plan is not confirmed; nothing was changed");

    public void Dispose()
    {
        _bucket.Dispose();
        _home.Dispose();
    }

    private async Task AssertRefusedAsync(string[] arguments, params string[] words)
    {
        var before = Files();

        var result = await RunAsync(words[0].StartsWith("the plan", StringComparison.Ordinal) ? arguments : [.. arguments, "--yes"]);

        Assert.True(result.ExitCode == 15, $"exit code {result.ExitCode}\n{result.Output}{result.Error}");
        Assert.All(words, word => Assert.Contains(word, result.Error, StringComparison.Ordinal));
        Assert.Equal(before, Files());
    }

    private Task<ToolResult> RunAsync(params string[] arguments) => ToolProcess.RunAsync(
        NativeProgram.Command(["prune", .. arguments, "--bucket", $"file://{_bucket.Path}"]) with
        {
            Environment = new Dictionary<string, string> { ["CNPG_RESTORE_STATE"] = Path.Combine(_home.Path, "state"), ["HOME"] = _home.Path },
        },
        Ct);

    private string Files() => string.Join('\n', Directory.EnumerateFiles(_bucket.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));

    private void Put(string server, IReadOnlyDictionary<string, byte[]> content)
    {
        foreach (var (key, bytes) in content)
        {
            var path = Path.Combine(_bucket.Path, server, key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
            File.SetLastWriteTimeUtc(path, LongAgo);
        }
    }
}
