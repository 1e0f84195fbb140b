using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>An archiver that still runs: whatever it does and whenever, the move stops, names its keys, and deletes nothing unproven.</summary>
public sealed class RenameChangeTests(TestBed bed)
{
    private const int Segments = 20;
    private const string NewKey = "wals/0000000100000001/000000010000000100000099.gz";
    private const string OldKey = "wals/0000000100000001/000000010000000100000003.gz";

    /// <summary>Between copy and proof, and between proof and the last look.</summary>
    public static TheoryData<int> WalksBeforeRemoval => [4, 5];

    /// <summary>After the last look: before each of the two removals and before the last proof.</summary>
    public static TheoryData<int> WalksOfRemoval => [6, 7, 8];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(WalksBeforeRemoval))]
    public async Task A_new_key_before_the_removal_stops_it_and_the_same_command_finishes(int walk)
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        scene.BeforeWalk(walk, () => scene.PutAsync($"postgres-v17/{NewKey}", "new"));

        var result = await scene.MoveAsync("-r");

        Assert.Equal(20, result.ExitCode);
        Assert.Contains("postgres-v17/ changed during the move; nothing was deleted", result.Error, StringComparison.Ordinal);
        Assert.Contains($"1 object is new: postgres-v17/{NewKey}", result.Error, StringComparison.Ordinal);
        Assert.Contains("run the same command again", result.Error, StringComparison.Ordinal);
        Assert.Equal(Segments + 7, (await scene.SourceAsync()).Count);
        Assert.Equal(0, scene.Proxy.Count(S3Operation.DeleteObjects));

        var source = await scene.SourceAsync();
        Assert.Equal(0, (await scene.MoveAsync("-r")).ExitCode);
        Assert.Equal(source, await scene.TargetAsync());
        Assert.Empty(await scene.SourceAsync());
    }

    [Theory]
    [MemberData(nameof(WalksBeforeRemoval))]
    public async Task A_rewritten_key_before_the_removal_stops_it(int walk)
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        scene.BeforeWalk(walk, () => scene.PutAsync($"postgres-v17/{OldKey}", $"A {OldKey}"));

        var result = await scene.MoveAsync("-r");

        Assert.Equal(20, result.ExitCode);
        Assert.Contains("postgres-v17/ changed during the move; nothing was deleted", result.Error, StringComparison.Ordinal);
        Assert.Contains($"1 were rewritten after their copy: postgres-v17/{OldKey}", result.Error, StringComparison.Ordinal);
        Assert.Contains("another TARGET", result.Error, StringComparison.Ordinal);
        Assert.Equal(Segments + 6, (await scene.SourceAsync()).Count);
        Assert.Equal(0, scene.Proxy.Count(S3Operation.DeleteObjects));

        Assert.Equal(0, (await scene.RunAsync(RenameScene.Source, "postgres-v17-again", "-r", "--yes")).ExitCode);
    }

    [Theory]
    [MemberData(nameof(WalksBeforeRemoval))]
    public async Task A_key_that_somebody_removes_stops_the_move(int walk)
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        scene.BeforeWalk(walk, () => scene.S3.Client.DeleteObjectAsync(scene.Bucket, $"postgres-v17/{OldKey}", Ct));

        var result = await scene.MoveAsync("-r");

        Assert.Equal(20, result.ExitCode);
        Assert.Contains("1 are gone", result.Error, StringComparison.Ordinal);
        Assert.Equal(Segments + 5, (await scene.SourceAsync()).Count);

        Assert.Equal(0, (await scene.MoveAsync("-r")).ExitCode);
        Assert.Equal(Segments + 6, (await scene.TargetAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(WalksOfRemoval))]
    public async Task A_new_key_during_the_removal_is_never_deleted_and_can_be_set_aside(int walk)
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        var moved = await scene.SourceAsync();
        scene.BeforeWalk(walk, () => scene.PutAsync($"postgres-v17/{NewKey}", "new"));

        var result = await scene.MoveAsync("-r");

        Assert.Equal(20, result.ExitCode);
        Assert.Contains("1 object is left in postgres-v17/", result.Error, StringComparison.Ordinal);
        Assert.Contains(NewKey, result.Error, StringComparison.Ordinal);
        Assert.Equal([NewKey], (await scene.SourceAsync()).Keys);
        Assert.Equal(moved, await scene.TargetAsync());

        Assert.Contains("cnpg-restore rename postgres-v17 postgres-v17-late -r", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await scene.RunAsync("postgres-v17", "postgres-v17-late", "-r", "--yes")).ExitCode);
        Assert.Empty(await scene.SourceAsync());
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public async Task A_key_rewritten_during_the_removal_keeps_its_new_content(int walk)
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        var moved = await scene.SourceAsync();
        scene.BeforeWalk(walk, () => scene.PutAsync($"postgres-v17/{OldKey}", "rewritten"));

        var result = await scene.MoveAsync("-r");

        Assert.Equal(20, result.ExitCode);
        Assert.Equal([OldKey], (await scene.SourceAsync()).Keys);
        Assert.Equal(moved, await scene.TargetAsync());
    }

    [Fact]
    public async Task A_copy_without_r_of_a_folder_that_grows_is_a_copy_of_what_was_there()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        var before = await scene.SourceAsync();
        scene.BeforeWalk(4, () => scene.PutAsync($"postgres-v17/{NewKey}", "new"));

        var result = await scene.MoveAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"1 object came after the copy: postgres-v17/{NewKey}", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await scene.TargetAsync());
    }

    [Fact]
    public async Task A_base_backup_that_ends_during_the_copy_never_appears_without_its_tars()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        scene.BeforeWalk(3, async () =>
        {
            await scene.PutAsync("postgres-v17/base/20260315T020000/data.tar.gz", "tar");
            await scene.PutAsync("postgres-v17/base/20260315T020000/backup.info", "status=DONE");
        });

        var result = await scene.MoveAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain((await scene.TargetAsync()).Keys, key => key.Contains("20260315T020000", StringComparison.Ordinal));
        Assert.Contains("2 objects came after the copy", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await scene.MoveAsync()).ExitCode);
        Assert.Equal(await scene.SourceAsync(), await scene.TargetAsync());
    }

    [Fact]
    public async Task A_key_that_goes_away_right_before_its_copy_stops_the_move()
    {
        await using var scene = await RenameScene.CreateAsync(bed, Segments);
        scene.Proxy.On(S3Operation.CopyObject, number => number == 1, async exchange =>
            await scene.S3.Client.DeleteObjectAsync(scene.Bucket, exchange.Call.Key.Replace(RenameScene.Target, RenameScene.Source, StringComparison.Ordinal), Ct));

        var result = await scene.MoveAsync("-r");

        Assert.Equal(20, result.ExitCode);
        Assert.Contains("was removed during the copy", result.Error, StringComparison.Ordinal);
        Assert.Equal(Segments + 5, (await scene.SourceAsync()).Count);
        Assert.Equal(0, (await scene.MoveAsync("-r")).ExitCode);
    }
}
