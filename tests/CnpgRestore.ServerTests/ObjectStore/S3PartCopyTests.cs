using System.Security.Cryptography;
using System.Text;
using Amazon.S3.Model;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.ObjectStore;

/// <summary>Large objects, and stores that copy them in another way than they say.</summary>
public sealed class S3PartCopyTests(TestBed bed) : IAsyncLifetime
{
    private static readonly KeyPrefix Folder = new("postgres-v17/");
    private static readonly Provider LosesETag = Provider.MinIO;

    private S3Server _s3 = null!;
    private S3FaultProxy _proxy = null!;
    private string _bucket = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _s3 = await bed.S3Async(Ct);
        _bucket = await _s3.CreateBucketAsync(Ct);
        _proxy = await S3FaultProxy.StartAsync(_s3.Endpoint, Ct);
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Fact]
    public async Task A_server_without_UploadPartCopy_copies_whole_and_is_asked_once()
    {
        _proxy.On(S3Operation.CopyPart, _ => true, exchange => exchange.AnswerAsync(501, "NotImplemented"));
        using var store = Open(provider: LosesETag);
        var content = RandomNumberGenerator.GetBytes(6 << 20);
        var source = await UploadInPartsAsync(store, "data.tar", content);

        await store.CopyAsync(source, Folder.Key("copy1"), Ct);
        var asked = _proxy.Count(S3Operation.CopyPart);
        await store.CopyAsync(source, Folder.Key("copy2"), Ct);

        Assert.InRange(asked, 1, 2);
        Assert.Equal(asked, _proxy.Count(S3Operation.CopyPart));
        Assert.Equal(2, _proxy.Count(S3Operation.CopyObject));
        Assert.Equal(Evidence.Content, await store.ReadBackAsync(new ObjectPair(source, (await store.FindAsync(Folder.Key("copy2"), Ct))!), Ct));
        Assert.Empty((await _s3.Client.ListMultipartUploadsAsync(_bucket, Ct)).MultipartUploads ?? []);
    }

    [Fact]
    public async Task An_object_too_large_for_one_copy_goes_in_the_parts_of_its_source_and_keeps_its_ETag()
    {
        _proxy.On(S3Operation.CopyObject, _ => true, exchange => exchange.AnswerAsync(400, "EntityTooLarge"));
        AnswerPartSizes();
        using var store = Open();
        var source = await UploadInPartsAsync(store, "data.tar", RandomNumberGenerator.GetBytes(12_345_678));

        await store.CopyAsync(source, Folder.Key("copy"), Ct);

        var target = (await store.FindAsync(Folder.Key("copy"), Ct))!;
        Assert.Equal(3, _proxy.Count(S3Operation.CopyPart));
        Assert.Equal(source.ETag, target.ETag);
        Assert.Equal(Evidence.ETag, await store.CompareAsync(source, target, Ct));
        Assert.Equal(Evidence.Content, await store.ReadBackAsync(new ObjectPair(source, target), Ct));
    }

    [Fact]
    public async Task A_server_that_turns_out_to_change_the_ETag_is_copied_in_parts_from_then_on()
    {
        AnswerPartSizes();
        _proxy.On(S3Operation.CopyObject, _ => true, async exchange =>
        {
            var answer = await exchange.ForwardAsync();
            await exchange.AnswerAsync(answer.WithText(answer.Text.Replace("-3", "-1", StringComparison.Ordinal)));
        });
        using var store = Open(provider: Provider.Generic);
        var source = await UploadInPartsAsync(store, "data.tar", RandomNumberGenerator.GetBytes(12_345_678));

        await store.CopyAsync(source, Folder.Key("copy1"), Ct);
        await store.CopyAsync(source, Folder.Key("copy2"), Ct);

        Assert.Equal((1, 6), (_proxy.Count(S3Operation.CopyObject), _proxy.Count(S3Operation.CopyPart)));
        foreach (var name in new[] { "copy1", "copy2" })
        {
            Assert.Equal(Evidence.ETag, await store.CompareAsync(source, (await store.FindAsync(Folder.Key(name), Ct))!, Ct));
        }
    }

    [Fact]
    public async Task A_copy_in_parts_takes_tags_and_metadata_along()
    {
        using var store = Open(provider: LosesETag);
        var source = await UploadInPartsAsync(store, "data.tar", RandomNumberGenerator.GetBytes(6 << 20));
        var tagging = new Tagging { TagSet = [new Tag { Key = "a b", Value = "c+d" }] };
        await _s3.Client.PutObjectTaggingAsync(new PutObjectTaggingRequest { BucketName = _bucket, Key = source.Key.Value, Tagging = tagging }, Ct);

        await store.CopyAsync(source, Folder.Key("copy"), Ct);

        Assert.NotEqual(0, _proxy.Count(S3Operation.CopyPart));
        var tags = await _s3.Client.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = _bucket, Key = "postgres-v17/copy" }, Ct);
        Assert.Equal("a b=c+d", string.Join(',', tags.Tagging.Select(tag => $"{tag.Key}={tag.Value}")));
    }

    [Theory]
    [InlineData(S3Operation.CreateUpload)]
    [InlineData(S3Operation.CopyPart)]
    [InlineData(S3Operation.CompleteUpload)]
    public async Task A_copy_in_parts_survives_a_connection_that_is_cut_after_the_effect(S3Operation where)
    {
        AnswerPartSizes();
        using var store = Open(provider: LosesETag);
        var source = await UploadInPartsAsync(store, "data.tar", RandomNumberGenerator.GetBytes(6 << 20));
        _proxy.On(where, number => number == 1, S3Faults.CutAfter);

        await store.CopyAsync(source, Folder.Key("copy"), Ct);

        Assert.Equal(Evidence.Content, await store.ReadBackAsync(new ObjectPair(source, (await store.FindAsync(Folder.Key("copy"), Ct))!), Ct));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_that_is_gone_when_it_is_completed_again_counts_only_with_its_target(bool completed)
    {
        using var store = Open(provider: LosesETag);
        var source = await UploadInPartsAsync(store, "data.tar", RandomNumberGenerator.GetBytes(6 << 20));
        _proxy.On(S3Operation.CompleteUpload, number => number == 1, completed ? S3Faults.CutAfter : S3Faults.CutBefore);
        _proxy.On(S3Operation.CompleteUpload, _ => true, exchange => exchange.AnswerAsync(404, "NoSuchUpload"));

        if (completed)
        {
            await store.CopyAsync(source, Folder.Key("copy"), Ct);
            Assert.Equal(source.Size, (await store.FindAsync(Folder.Key("copy"), Ct))!.Size);
        }
        else
        {
            await ProblemOfAsync(() => store.CopyAsync(source, Folder.Key("copy"), Ct));
            Assert.Null(await store.FindAsync(Folder.Key("copy"), Ct));
        }
    }

    [Fact]
    public async Task What_a_killed_copy_has_left_goes_with_the_next_one_and_nothing_else()
    {
        using var store = Open(provider: LosesETag);
        var source = await UploadInPartsAsync(store, "data.tar", RandomNumberGenerator.GetBytes(6 << 20));
        await _s3.Client.InitiateMultipartUploadAsync(_bucket, "postgres-v17/copy", Ct);
        await _s3.Client.InitiateMultipartUploadAsync(_bucket, "postgres-v17/copy", Ct);
        await _s3.Client.InitiateMultipartUploadAsync(_bucket, "postgres-v17/copy2", Ct);

        await store.CopyAsync(source, Folder.Key("copy"), Ct);

        Assert.NotEqual(0, _proxy.Count(S3Operation.CopyPart));
        Assert.Equal(["postgres-v17/copy2"], (await _s3.Client.ListMultipartUploadsAsync(_bucket, Ct)).MultipartUploads.Select(upload => upload.Key));
    }

    [Theory]
    [InlineData("403", false)]
    [InlineData("501", false)]
    [InlineData("500", true)]
    [InlineData("cut", true)]
    public async Task Who_may_not_or_cannot_look_for_such_leftovers_copies_all_the_same(string how, bool isAskedAgain)
    {
        using var store = Open(provider: LosesETag);
        var source = await UploadInPartsAsync(store, "data.tar", RandomNumberGenerator.GetBytes(6 << 20));
        _proxy.On(S3Operation.ListUploads, Times.Always, how switch
        {
            "403" => S3Faults.Answer(403, "AccessDenied"),
            "501" => S3Faults.Answer(501, "NotImplemented"),
            "500" => S3Faults.Answer(500, "InternalError"),
            _ => S3Faults.CutBefore,
        });

        await store.CopyAsync(source, Folder.Key("copy1"), Ct);
        var asked = _proxy.Count(S3Operation.ListUploads);
        await store.CopyAsync(source, Folder.Key("copy2"), Ct);

        // How often a request is sent again whose connection was cut is the SDK's own affair.
        Assert.NotEqual(0, asked);
        Assert.Equal(isAskedAgain, _proxy.Count(S3Operation.ListUploads) > asked);
        Assert.Equal(2, _proxy.Count(S3Operation.CompleteUpload));
    }

    [Fact]
    public async Task The_largest_object_goes_in_a_thousand_parts_at_most()
    {
        const long tar = 4_000_000_000_000;
        ScriptUploads();
        using var store = Open(provider: LosesETag);

        await store.CopyAsync(new StoredObject(Folder.Key("data.tar"), tar, "0123456789abcdef0123456789abcdef", DateTimeOffset.UnixEpoch), Folder.Key("copy"), Ct);

        Assert.InRange(_proxy.Count(S3Operation.CopyPart), 746, 1000);
    }

    private static async Task<Problem> ProblemOfAsync(Func<Task> action) => (await Assert.ThrowsAsync<RestoreException>(action)).Problem;

    private async Task<StoredObject> UploadInPartsAsync(S3ObjectStore store, string name, byte[] content)
    {
        await _s3.UploadInPartsAsync(_bucket, Folder.Key(name).Value, content, Ct);
        return (await store.FindAsync(Folder.Key(name), Ct))!;
    }

    /// <summary>The gateway ignores <c>?partNumber=1</c> and tells the whole size; AWS and others tell the size of the part.</summary>
    private void AnswerPartSizes() => _proxy.On(S3Operation.HeadObject, _ => true, async exchange =>
    {
        if (exchange.AsksForPart)
        {
            var answer = await exchange.ForwardAsync();
            await exchange.AnswerAsync(answer with { Headers = new Dictionary<string, string>(answer.Headers) { ["Content-Length"] = $"{5 << 20}" } });
        }
    });

    /// <summary>Answers as if there were an object that no disk of a test can hold.</summary>
    private void ScriptUploads()
    {
        Script(S3Operation.HeadObject, "");
        Script(S3Operation.GetTagging, "<Tagging><TagSet/></Tagging>");
        Script(S3Operation.CreateUpload, "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>");
        Script(S3Operation.CopyPart, "<CopyPartResult><ETag>\"0123456789abcdef0123456789abcdef\"</ETag></CopyPartResult>");
        Script(S3Operation.CompleteUpload, "<CompleteMultipartUploadResult><ETag>\"x-1\"</ETag></CompleteMultipartUploadResult>");

        void Script(S3Operation operation, string answer) => _proxy.On(operation, Times.Always, exchange =>
            exchange.AnswerAsync(new S3Answer(200, new Dictionary<string, string> { ["Content-Type"] = "application/xml" }, Encoding.ASCII.GetBytes(answer))));
    }

    private S3ObjectStore Open(Provider? provider = null) =>
        new(StoreSettings.Of(_proxy.Endpoint, $"s3://{_bucket}") with { Provider = provider ?? Provider.Ceph }, new HurriedClock(10));
}
