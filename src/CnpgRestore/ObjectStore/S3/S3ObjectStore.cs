using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace CnpgRestore.ObjectStore.S3;

/// <summary>A bucket, or a path in a bucket, of any S3 service.</summary>
public sealed class S3ObjectStore : IObjectStore
{
    /// <summary>The most keys one DeleteObjects takes.</summary>
    private const int DeleteBatch = 1000;

    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(60);

    private readonly S3Settings _settings;
    private readonly TimeProvider _clock;
    private readonly AmazonS3Client _client;
    private readonly RequestGate _gate;
    private readonly S3Copy _copy;
    private readonly string _bucket;
    private readonly string _path;

    public S3ObjectStore(S3Settings settings, TimeProvider clock)
    {
        _settings = settings;
        _clock = clock;
        _bucket = settings.Address.Bucket;
        _path = settings.Address.Path;
        _client = S3Connection.Open(settings);
        _gate = new RequestGate(settings, clock, Random.Shared.NextDouble);
        _copy = new S3Copy(_client, _gate, settings.Provider, _bucket);
    }

    public string Address => _settings.Address.ToString();

    public string Identity => $"{Address} at {_settings.Endpoint?.Authority ?? "AWS"}";

    public IReadOnlyList<string> Options => ["-b", Address, "-e", _settings.Endpoint?.AbsoluteUri.TrimEnd('/') ?? "https://s3.amazonaws.com"];

    public async Task<FolderLevel> ListLevelAsync(KeyPrefix prefix, CancellationToken ct)
    {
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = _path + prefix.Value, Delimiter = "/" };
        // A page that a store repeats, or an object that moves between pages, must not count twice.
        var folders = new HashSet<KeyPrefix>();
        var objects = new Dictionary<ObjectKey, StoredObject>();
        do
        {
            var page = await _gate.RunAsync($"the list of {(prefix == KeyPrefix.Root ? $"{Address}/" : prefix)}", RequestTime, async token => Whole(await _client.ListObjectsV2Async(request, token), request), ct);
            foreach (var item in page.S3Objects ?? [])
            {
                var found = new StoredObject(new ObjectKey(item.Key[_path.Length..]), item.Size ?? 0, Unquote(item.ETag), AtUtc(item.LastModified)) { ArchiveClass = ArchiveClass(item.StorageClass) };
                objects[found.Key] = found;
            }

            foreach (var folder in page.CommonPrefixes ?? [])
            {
                folders.Add(new KeyPrefix(folder[_path.Length..]));
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);

        return new FolderLevel(prefix, [.. folders], [.. objects.Values]);
    }

    public async Task<StoredObject?> FindAsync(ObjectKey key, CancellationToken ct)
    {
        var head = await HeadAsync(key, new GetObjectMetadataRequest { BucketName = _bucket, Key = _path + key.Value }, ct);
        if (head is null)
        {
            return null;
        }

        var isRestored = head is { RestoreInProgress: false, RestoreExpiration: not null };
        return new StoredObject(key, head.ContentLength, Unquote(head.ETag), AtUtc(head.LastModified)) { ArchiveClass = isRestored ? null : ArchiveClass(head.StorageClass) };
    }

    public async Task<Stream> OpenReadAsync(ObjectKey key, ByteRange? range, CancellationToken ct)
    {
        var request = new GetObjectRequest { BucketName = _bucket, Key = _path + key.Value };
        if (range is { } part)
        {
            request.ByteRange = new Amazon.S3.Model.ByteRange(part.Offset, part.Last);
        }

        var response = await _gate.RunAsync(key.Value, RequestTime, async token => AsAsked(await _client.GetObjectAsync(request, token), range), ct);
        return new StallGuardStream(response.ResponseStream, RequestTime, _clock);
    }

    public async Task PutAsync(ObjectKey key, ReadOnlyMemory<byte> content, CancellationToken ct) =>
        await _gate.RunAsync(key.Value, RequestTime, async token =>
        {
            using var body = new MemoryStream(content.ToArray(), writable: false);
            return await _client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = _path + key.Value, InputStream = body, AutoCloseStream = false }, token);
        }, ct);

    public Task CopyAsync(StoredObject source, ObjectKey target, CancellationToken ct) =>
        _copy.RunAsync(source with { Key = new ObjectKey(_path + source.Key.Value) }, _path + target.Value, ct);

    public async Task<Evidence> CompareAsync(StoredObject source, StoredObject target, CancellationToken ct)
    {
        if (source.Size != target.Size)
        {
            return Evidence.Different;
        }

        if (source.ETag is not null && source.ETag == target.ETag)
        {
            return Evidence.ETag;
        }

        var (left, right) = (await FindChecksumAsync(source.Key, ct), await FindChecksumAsync(target.Key, ct));
        if (left is not null && right is not null && left.Split(':')[0] == right.Split(':')[0])
        {
            return left == right ? Evidence.Checksum : Evidence.Different;
        }

        return Evidence.Size;
    }

    public async Task DeleteAsync(IReadOnlyCollection<ObjectKey> keys, CancellationToken ct)
    {
        foreach (var batch in keys.Chunk(DeleteBatch))
        {
            var request = new DeleteObjectsRequest { BucketName = _bucket, Quiet = true, Objects = [.. batch.Select(key => new KeyVersion { Key = _path + key.Value })] };
            await _gate.RunAsync($"deletion of {batch.Length} objects", RequestTime, async token =>
            {
                try
                {
                    return await _client.DeleteObjectsAsync(request, token);
                }
                catch (DeleteObjectsException e) when (e.Response.DeleteErrors is { Count: > 0 } errors)
                {
                    // The request itself is answered with 200; why an object stays is told for each.
                    throw Undeleted(errors);
                }
            }, ct);
        }
    }

    public void Dispose()
    {
        _gate.Dispose();
        _client.Dispose();
    }

    /// <summary>
    /// The SDK takes an empty answer for an empty folder; a folder that only seems empty, or ends early, must never be believed. A server that
    /// gives the same page again would be asked for ever.
    /// </summary>
    private static ListObjectsV2Response Whole(ListObjectsV2Response page, ListObjectsV2Request request) =>
        page.Name is null || (page.IsTruncated == true && (string.IsNullOrEmpty(page.NextContinuationToken) || page.NextContinuationToken == request.ContinuationToken))
            ? throw Defective("the answer to ListObjectsV2 is not a whole listing")
            : page;

    /// <summary>A server or a cache in front of it may ignore the range and send the object from its first byte.</summary>
    private static GetObjectResponse AsAsked(GetObjectResponse response, ByteRange? range)
    {
        if (range is not { } part || response.HttpStatusCode == HttpStatusCode.PartialContent || (part.Offset == 0 && response.ContentLength <= part.Length))
        {
            return response;
        }

        response.Dispose();
        throw Defective("a part was asked for, and the whole object was answered");
    }

    private static AmazonS3Exception Defective(string message) => new(message) { ErrorCode = "InternalError", StatusCode = HttpStatusCode.InternalServerError };

    private static AmazonS3Exception Undeleted(List<DeleteError> errors) => new(errors[0].Message ?? "not deleted")
    {
        ErrorCode = errors[0].Code,
        StatusCode = errors[0].Code switch
        {
            "AccessDenied" => HttpStatusCode.Forbidden,
            "SlowDown" => HttpStatusCode.ServiceUnavailable,
            _ => HttpStatusCode.InternalServerError,
        },
    };

    /// <summary>A checksum over the whole object as <c>ALGORITHM:value</c>; one over parts depends on how it was uploaded and proves nothing here.</summary>
    private async Task<string?> FindChecksumAsync(ObjectKey key, CancellationToken ct)
    {
        var request = new GetObjectMetadataRequest { BucketName = _bucket, Key = _path + key.Value, ChecksumMode = ChecksumMode.ENABLED };
        var head = await HeadAsync(key, request, ct);
        if (head is null || head.ChecksumType == ChecksumType.COMPOSITE)
        {
            return null;
        }

        return Whole("CRC64NVME", head.ChecksumCRC64NVME) ?? Whole("SHA256", head.ChecksumSHA256) ?? Whole("SHA1", head.ChecksumSHA1)
            ?? Whole("CRC32C", head.ChecksumCRC32C) ?? Whole("CRC32", head.ChecksumCRC32);

        // A server that does not tell the type writes one over parts as VALUE-N.
        static string? Whole(string algorithm, string? value) => value is { Length: > 0 } && !value.Contains('-', StringComparison.Ordinal) ? $"{algorithm}:{value}" : null;
    }

    private Task<GetObjectMetadataResponse?> HeadAsync(ObjectKey key, GetObjectMetadataRequest request, CancellationToken ct) =>
        _gate.RunAsync(key.Value, RequestTime, async token =>
        {
            try
            {
                return await _client.GetObjectMetadataAsync(request, token);
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound && !e.HasCode("NoSuchBucket"))
            {
                return (GetObjectMetadataResponse?)null;
            }
        }, ct);

    /// <summary>GLACIER_IR, and everything else, is read at once.</summary>
    private static string? ArchiveClass(S3StorageClass? storage) => storage?.Value is "GLACIER" or "DEEP_ARCHIVE" ? storage.Value : null;

    private static DateTimeOffset AtUtc(DateTime? time) => time is { } value ? new DateTimeOffset(value.ToUniversalTime()) : DateTimeOffset.UnixEpoch;

    private static string? Unquote(string? etag) => etag?.Trim('"');
}
