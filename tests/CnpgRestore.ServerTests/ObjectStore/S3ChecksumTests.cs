using System.Collections.Concurrent;
using System.Security.Cryptography;
using Amazon.S3.Model;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.ObjectStore;

/// <summary>The checksum of the requests that must have one, which not every store takes in every form.</summary>
public sealed class S3ChecksumTests(TestBed bed) : IAsyncLifetime
{
    private const int MoreThanOneBatch = 1_001;
    private static readonly KeyPrefix Folder = new("postgres-v17/");

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
    public async Task A_store_that_takes_nothing_but_Content_MD5_deletes_in_batches()
    {
        _proxy.Inject(S3Faults.RefuseWithoutContentMD5);
        using var store = Open();
        var keys = Enumerable.Range(0, MoreThanOneBatch).Select(n => Folder.Key($"{n:X8}")).ToList();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Ct }, async (key, ct) => await store.PutAsync(key, new byte[1], ct));

        await store.DeleteAsync(keys, Ct);

        Assert.Empty(await _s3.ListAsync(new S3Folder(_bucket, ""), Ct));
        Assert.Equal(2, _proxy.Count(S3Operation.DeleteObjects));
    }

    [Fact]
    public async Task A_store_that_takes_nothing_but_Content_MD5_gets_the_tags_of_a_copy_in_parts()
    {
        _proxy.Inject(S3Faults.RefuseWithoutContentMD5);
        using var store = Open();

        await CopyWithTagsAsync(store);

        var tags = await _s3.Client.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = _bucket, Key = "postgres-v17/copy" }, Ct);
        Assert.Equal("owner=team", string.Join(',', tags.Tagging.Select(tag => $"{tag.Key}={tag.Value}")));
    }

    [Fact]
    public async Task Every_request_that_must_have_a_checksum_carries_a_signed_Content_MD5_and_no_other()
    {
        var seen = new ConcurrentBag<S3Operation>();
        _proxy.On(call => call.Operation is S3Operation.DeleteObjects or S3Operation.PutTagging, Times.Always, exchange =>
        {
            seen.Add(exchange.Call.Operation);
            return IsAsWanted(exchange) ? Task.CompletedTask : exchange.AnswerAsync(403, "AccessDenied");
        });
        using var store = Open();

        await CopyWithTagsAsync(store);
        await store.DeleteAsync([Folder.Key("copy")], Ct);

        Assert.Equal([S3Operation.PutTagging, S3Operation.DeleteObjects], seen.Order());
    }

    /// <summary>AWS tells which of them covers the whole object; of the others nothing is known, so a dash decides.</summary>
    [Theory]
    [InlineData("crc64nvme", "FULL_OBJECT", "AAAAAAAAAAA=", Evidence.Checksum)]
    [InlineData("sha256", "FULL_OBJECT", "AAAA", Evidence.Checksum)]
    [InlineData("sha1", "FULL_OBJECT", "AAAA", Evidence.Checksum)]
    [InlineData("crc32c", "FULL_OBJECT", "AAAA", Evidence.Checksum)]
    [InlineData("crc32", "FULL_OBJECT", "AAAA", Evidence.Checksum)]
    [InlineData("crc32", null, "AAAA", Evidence.Checksum)]
    [InlineData("crc32", "COMPOSITE", "AAAA", Evidence.Size)]
    [InlineData("crc32", null, "AAAA-2", Evidence.Size)]
    [InlineData("sha1", null, "AAAA-2", Evidence.Size)]
    public async Task Equal_checksums_of_whole_objects_prove_a_copy(string algorithm, string? type, string value, Evidence evidence)
    {
        _proxy.On(S3Operation.HeadObject, Times.Always, exchange =>
        {
            var headers = new Dictionary<string, string> { [$"x-amz-checksum-{algorithm}"] = value };
            if (type is not null)
            {
                headers["x-amz-checksum-type"] = type;
            }

            return exchange.AnswerAsync(new S3Answer(200, headers, []));
        });
        using var store = Open();

        Assert.Equal(evidence, await store.CompareAsync(Listed("a", "1"), Listed("b", "2"), Ct));
        Assert.Equal(2, _proxy.Count(S3Operation.HeadObject));
    }

    [Fact]
    public async Task Another_checksum_of_the_same_kind_is_another_content()
    {
        _proxy.On(S3Operation.HeadObject, Times.Always, exchange =>
        {
            var checksum = exchange.Call.Key.EndsWith('a') ? "AAAA" : "BBBB";
            return exchange.AnswerAsync(new S3Answer(200, new Dictionary<string, string> { ["x-amz-checksum-crc32"] = checksum }, []));
        });
        using var store = Open();

        Assert.Equal(Evidence.Different, await store.CompareAsync(Listed("a", "1"), Listed("b", "2"), Ct));
    }

    private static StoredObject Listed(string name, string etag) => new(Folder.Key(name), 100, etag, DateTimeOffset.UnixEpoch);

    /// <summary>A gateway of the kind that refuses x-amz-checksum-crc32 refuses the algorithm's name as well.</summary>
    private static bool IsAsWanted(S3Exchange exchange) =>
        exchange.RequestHeader("Content-MD5") == Digest(exchange.RequestBody)
        && exchange.RequestHeader("Authorization")!.Contains("content-md5;", StringComparison.Ordinal)
        && exchange.RequestHeader("x-amz-checksum-crc32") is null
        && exchange.RequestHeader("x-amz-sdk-checksum-algorithm") is null;

#pragma warning disable CA5351 // The header of RFC 1864 is an MD5.
    private static string Digest(ReadOnlyMemory<byte> body) => Convert.ToBase64String(MD5.HashData(body.Span));
#pragma warning restore CA5351

    private async Task CopyWithTagsAsync(S3ObjectStore store)
    {
        await _s3.UploadInPartsAsync(_bucket, "postgres-v17/data.tar", RandomNumberGenerator.GetBytes(6 << 20), Ct);
        var tagging = new Tagging { TagSet = [new Tag { Key = "owner", Value = "team" }] };
        await _s3.Client.PutObjectTaggingAsync(new PutObjectTaggingRequest { BucketName = _bucket, Key = "postgres-v17/data.tar", Tagging = tagging }, Ct);
        await store.CopyAsync((await store.FindAsync(Folder.Key("data.tar"), Ct))!, Folder.Key("copy"), Ct);
    }

    // A provider whose CopyObject loses the ETag copies in parts.
    private S3ObjectStore Open() =>
        new(StoreSettings.Of(_proxy.Endpoint, $"s3://{_bucket}") with { Provider = Provider.MinIO }, new HurriedClock(10));
}
