using Amazon.S3.Model;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.ObjectStore;

static class StoreSettings
{
    private const int PartSize = 5 << 20;

    public static S3Settings Of(string endpoint, string address) => new(StoreAddress.Parse(address))
    {
        Endpoint = new Uri(endpoint),
        Credentials = new S3Credentials(S3Server.AccessKey, new Secret(S3Server.SecretKey), sessionToken: null),
        Provider = Provider.Ceph,
    };

    /// <summary>As Barman uploads a tar: parts of equal size, the ETag ends in their number.</summary>
    public static async Task UploadInPartsAsync(this S3Server s3, string bucket, string key, byte[] content, CancellationToken ct)
    {
        var upload = (await s3.Client.InitiateMultipartUploadAsync(bucket, key, ct)).UploadId;
        var parts = new List<PartETag>();
        for (var offset = 0; offset < content.Length; offset += PartSize)
        {
            using var part = new MemoryStream(content, offset, Math.Min(PartSize, content.Length - offset));
            var number = parts.Count + 1;
            var answer = await s3.Client.UploadPartAsync(new UploadPartRequest { BucketName = bucket, Key = key, UploadId = upload, PartNumber = number, InputStream = part }, ct);
            parts.Add(new PartETag(number, answer.ETag));
        }

        await s3.Client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload, PartETags = parts }, ct);
    }
}
