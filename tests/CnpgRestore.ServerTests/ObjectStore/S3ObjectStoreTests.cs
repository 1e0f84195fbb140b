using System.Security.Cryptography;
using Amazon.S3.Model;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.ObjectStore;

/// <summary>A path in a bucket of the real gateway, so that nothing outside the path may be seen or touched.</summary>
public sealed class S3ObjectStoreTests(TestBed bed) : ObjectStoreConformance
{
    private const string Path = "deep/path/";
    private string _bucket = "";

    [Fact]
    public async Task Tags_metadata_and_content_type_go_along_with_a_copy()
    {
        using var store = await OpenAsync();
        var s3 = await bed.S3Async(Ct);
        var put = new PutObjectRequest { BucketName = _bucket, Key = $"{Path}postgres-v17/a", ContentBody = "a", ContentType = "text/x-barman" };
        put.TagSet = [new Tag { Key = "owner", Value = "team a+b" }, new Tag { Key = "env", Value = "prod" }];
        put.Metadata["origin"] = "elsewhere";
        await s3.Client.PutObjectAsync(put, Ct);

        await store.CopyAsync((await store.FindAsync(new ObjectKey("postgres-v17/a"), Ct))!, new ObjectKey("copy/a"), Ct);

        await AssertSameExtrasAsync(s3, $"{Path}postgres-v17/a", $"{Path}copy/a");
    }

    [Fact]
    public async Task A_folder_marker_is_an_object_like_others()
    {
        using var store = await OpenAsync();
        var s3 = await bed.S3Async(Ct);
        await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = $"{Path}postgres-v17/", ContentBody = "" }, Ct);

        var marker = Assert.Single((await store.ListLevelAsync(new KeyPrefix("postgres-v17/"), Ct)).Objects);
        await store.CopyAsync(marker, new ObjectKey("copy/"), Ct);
        await store.DeleteAsync([marker.Key], Ct);

        Assert.Equal(["copy/"], await AllKeysAsync(store, KeyPrefix.Root));
    }

    [Fact]
    public async Task A_copy_on_the_server_is_proven_by_its_ETag_alone()
    {
        using var store = await OpenAsync();
        await UploadInPartsAsync(store, new ObjectKey("a/data.tar"), RandomNumberGenerator.GetBytes(6 << 20));
        var source = (await store.FindAsync(new ObjectKey("a/data.tar"), Ct))!;
        Assert.EndsWith("-2", source.ETag, StringComparison.Ordinal);

        await store.CopyAsync(source, new ObjectKey("b/data.tar"), Ct);

        Assert.Equal(Evidence.ETag, await store.CompareAsync(source, (await store.FindAsync(new ObjectKey("b/data.tar"), Ct))!, Ct));
    }

    protected override async Task<IObjectStore> OpenAsync()
    {
        var s3 = await bed.S3Async(Ct);
        _bucket = await s3.CreateBucketAsync(Ct);
        // Outside of the path, on both sides of it in key order: no test may ever see these.
        await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = "deep/a", ContentBody = "outside" }, Ct);
        await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = "deep/path-2/a", ContentBody = "outside" }, Ct);
        return new S3ObjectStore(StoreSettings.Of(s3.Endpoint, $"s3://{_bucket}/{Path}"), TimeProvider.System);
    }

    protected override async Task UploadInPartsAsync(IObjectStore store, ObjectKey key, byte[] content) =>
        await (await bed.S3Async(Ct)).UploadInPartsAsync(_bucket, Path + key.Value, content, Ct);

    private async Task AssertSameExtrasAsync(S3Server s3, string source, string target)
    {
        var (left, right) = (await s3.Client.GetObjectMetadataAsync(_bucket, source, Ct), await s3.Client.GetObjectMetadataAsync(_bucket, target, Ct));
        Assert.Equal(left.Headers.ContentType, right.Headers.ContentType);
        Assert.Equal("elsewhere", right.Metadata["origin"]);
        var tags = await s3.Client.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = _bucket, Key = target }, Ct);
        Assert.Equal(["env=prod", "owner=team a+b"], tags.Tagging.Select(tag => $"{tag.Key}={tag.Value}").Order());
    }
}
