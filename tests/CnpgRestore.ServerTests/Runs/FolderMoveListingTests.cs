using System.Security.Cryptography;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.ServerTests.ObjectStore;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>
/// A whole move over listings that lag behind, come slowly or in disorder. Nothing is removed because of what a listing still shows, and nothing is
/// taken for done because of what it does not show yet.
/// </summary>
public sealed class FolderMoveListingTests(TestBed bed) : IAsyncLifetime
{
    private const string Key = "wals/0000000100000000/000000010000000000000002.gz";

    private MoveScene _scene = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _scene = await MoveScene.CreateAsync(bed);

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Pages_in_disorder_with_repeated_keys_make_no_difference()
    {
        _scene.Proxy.On(S3Operation.ListObjects, Times.Always, S3Faults.Page(page => page.DisorderAndRepeat()));

        Assert.Equal(_scene.Before.Count, (await _scene.MoveAsync()).ProvenObjects);

        await _scene.AssertMovedAsync();
    }

    [Fact]
    public async Task Pages_that_do_not_come_are_asked_for_again()
    {
        _scene.Proxy.On(S3Operation.ListObjects, Times.Every(9), S3Faults.Silence);

        await _scene.MoveAsync();

        await _scene.AssertMovedAsync();
    }

    [Fact]
    public async Task What_an_archive_storage_class_holds_is_told_before_anything_is_copied()
    {
        var frozen = _scene.Source.Prefix + Key;
        _scene.Proxy.On(S3Operation.ListObjects, Times.Always, S3Faults.Page(page => page.Archive(frozen, "GLACIER")));
        _scene.Proxy.On(call => call.Operation == S3Operation.HeadObject && call.Key == frozen, Times.Always, S3Faults.Headers(("x-amz-storage-class", "GLACIER")));

        var refused = (await Assert.ThrowsAsync<RestoreException>(_scene.MoveAsync)).Problem;

        Assert.Equal(ProblemCode.Refused, refused.Code);
        Assert.EndsWith("/ lie in GLACIER, from where nothing can be copied", refused.Message, StringComparison.Ordinal);
        Assert.Contains(Key, refused.Detail, StringComparison.Ordinal);
        Assert.Equal(0, _scene.Proxy.Count(S3Operation.CopyObject));
        await _scene.AssertSourceUntouchedAsync();
    }

    /// <summary>From a walk on the listing shows the object; until then it hides it, and the move has to find out.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task An_object_of_the_source_that_is_listed_late_stops_the_move_unless_it_is_copied(int shownFrom)
    {
        In(_scene.Source.Prefix, page =>
        {
            if (_scene.Walk < shownFrom)
            {
                page.Hide(_scene.Source.Prefix + Key);
            }
        });
        if (shownFrom == 2)
        {
            await _scene.MoveAsync();
        }
        else
        {
            Assert.Equal(ProblemCode.Stopped, (await _scene.StopAsync()).Code);
            await _scene.AssertSourceUntouchedAsync();
        }

        await _scene.HealAndFinishAsync();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_copy_that_is_listed_late_stops_the_move_before_its_source_is_removed(int hiddenIn)
    {
        In(_scene.Target.Prefix, page =>
        {
            if (_scene.Walk >= hiddenIn)
            {
                page.Hide(_scene.Target.Prefix + Key);
            }
        });

        Assert.Equal(ProblemCode.Stopped, (await _scene.StopAsync()).Code);

        Assert.Contains(Key, (await _scene.S3.ETagsAsync(_scene.Source, Ct)).Keys);
        await _scene.HealAndFinishAsync();
    }

    [Fact]
    public async Task A_copy_that_was_deleted_and_is_listed_still_is_no_copy()
    {
        var source = (await _scene.S3.ListAsync(_scene.Source, Ct)).Single(item => item.Key == _scene.Source.Prefix + Key);
        var isCopied = false;
        _scene.Proxy.On(call => call is { Operation: S3Operation.CopyObject, Key: $"{MoveScene.Name}-backup/{Key}" }, Times.Always, _ => Task.FromResult(isCopied = true));
        In(_scene.Target.Prefix, page =>
        {
            if (!isCopied)
            {
                page.Show(source, _scene.Target.Prefix + Key);
            }
        });

        await _scene.MoveAsync();

        await _scene.AssertMovedAsync();
    }

    [Fact]
    public async Task An_object_of_the_source_that_was_deleted_and_is_listed_still_stops_the_move()
    {
        var source = (await _scene.S3.ListAsync(_scene.Source, Ct)).Single(item => item.Key == _scene.Source.Prefix + Key);
        In(_scene.Source.Prefix, page => page.Show(source, _scene.Source.Prefix + "wals/0000000100000000/000000010000000000000003.gz"));

        Assert.Equal(ProblemCode.Stopped, (await _scene.StopAsync()).Code);

        await _scene.AssertSourceUntouchedAsync();
        await _scene.HealAndFinishAsync();
    }

    [Fact]
    public async Task What_the_move_has_removed_and_the_listing_still_shows_is_removed()
    {
        var source = (await _scene.S3.ListAsync(_scene.Source, Ct)).Single(item => item.Key == _scene.Source.Prefix + Key);
        // With the object its folders are gone from the listing, too: only the top level can show anything.
        In(_scene.Source.Prefix, page =>
        {
            if (_scene.Walk >= 8)
            {
                page.Show(source, _scene.Source.Prefix + "late");
            }
        });

        await _scene.MoveAsync();

        await _scene.AssertMovedAsync();
    }

    [Fact]
    public async Task A_tar_in_parts_moves_also_where_UploadPartCopy_is_missing()
    {
        await _scene.S3.UploadInPartsAsync(_scene.Bucket, _scene.Source.Prefix + "base/20260308T020000/data.tar", RandomNumberGenerator.GetBytes(6 << 20), Ct);
        var before = await _scene.S3.ETagsAsync(_scene.Source, Ct);
        _scene.Proxy.On(S3Operation.CopyPart, Times.Always, S3Faults.Answer(501, "NotImplemented"));

        await _scene.MoveAsync(Provider.MinIO);

        Assert.Equal(before, await _scene.S3.ETagsAsync(_scene.Target, Ct));
        Assert.NotEqual(0, _scene.Proxy.Count(S3Operation.CopyPart));
    }

    private void In(string prefix, Action<S3Page> change) => _scene.Proxy.On(
        call => call.Operation == S3Operation.ListObjects && call.Key.StartsWith(prefix, StringComparison.Ordinal), Times.Always, S3Faults.Page(change));
}
