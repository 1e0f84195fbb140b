using System.Collections.Concurrent;
using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;

namespace CnpgRestore.ObjectStore.S3;

/// <summary>
/// Copies inside a bucket, in one piece or in parts, whichever the provider takes and keeps provable. A provider that turns out to be
/// different from its record changes the way for the rest of the run.
/// </summary>
sealed class S3Copy(AmazonS3Client client, RequestGate gate, Provider provider, string bucket)
{
    // AWS takes 10,000, some stores no more than 1,000. A part may have 5 GiB, so that 1,000 are enough for the largest object.
    private const int MaximumParts = 1_000;
    private const long SmallestPart = 5L << 20;
    private const long UsualPart = 512L << 20;
    private const int PartsInFlight = 16;

    // A server-side copy is answered when it is done: give it the time of a slow disk besides the usual.
    private const long SlowestBytesPerSecond = 5_000_000;
    private static readonly TimeSpan ShortestTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AbortTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Encryption> _encryption = new(StringComparer.Ordinal);
    private volatile bool _partCopy = provider.PartCopy;
    private volatile bool _keepsETag = provider.CopyKeepsETag;
    private volatile bool _listsUploads = true;
    private long _singleLimit = provider.SingleCopyLimit;

    private sealed record Encryption(ServerSideEncryptionMethod? Method, string? KeyId);

    public async Task RunAsync(StoredObject source, string target, CancellationToken ct)
    {
        if (_partCopy && (source.Size > Interlocked.Read(ref _singleLimit) || (IsMultipart(source) && !_keepsETag)))
        {
            if (await TryPartsAsync(source, target, ct))
            {
                return;
            }
        }

        try
        {
            var etag = await WholeAsync(source, target, ct);
            if (_partCopy && IsMultipart(source) && etag != source.ETag)
            {
                // A MinIO with a host name of its own, for example. The copy is good, but only reading it all back could prove it.
                _keepsETag = false;
                await TryPartsAsync(source, target, ct);
            }
        }
        catch (RestoreException e) when (_partCopy && e.InnerException is AmazonS3Exception s3 && IsTooLarge(s3, source))
        {
            Interlocked.Exchange(ref _singleLimit, Math.Min(Interlocked.Read(ref _singleLimit), source.Size - 1));
            if (!await TryPartsAsync(source, target, ct))
            {
                throw;
            }
        }
    }

    private static bool IsMultipart(StoredObject source) => source.ETag?.Contains('-', StringComparison.Ordinal) == true;

    private static bool IsTooLarge(AmazonS3Exception e, StoredObject source) =>
        e.HasCode("EntityTooLarge") || (e.HasCode("InvalidRequest", "InvalidArgument") && source.Size > SmallestPart);

    private static TimeSpan TimeFor(long bytes) => ShortestTime + TimeSpan.FromSeconds(bytes / SlowestBytesPerSecond);

    /// <returns>The ETag of the target, without quotes.</returns>
    private async Task<string> WholeAsync(StoredObject source, string target, CancellationToken ct)
    {
        var encryption = await EncryptionOfAsync(source, ct);
        var request = new CopyObjectRequest
        {
            SourceBucket = bucket,
            SourceKey = source.Key.Value,
            DestinationBucket = bucket,
            DestinationKey = target,
            // A source that is replaced between listing and copy must not be taken for the listed one.
            ETagToMatch = source.ETag is null ? null : $"\"{source.ETag}\"",
            ServerSideEncryptionMethod = encryption.Method,
            ServerSideEncryptionKeyManagementServiceKeyId = encryption.KeyId,
        };
        var copied = await gate.RunAsync($"the copy of {source.Key}", TimeFor(source.Size), async token =>
        {
            var response = await client.CopyObjectAsync(request, token);
            // 200 with an error in the body (CopyObject's documentation): no ETag, no copy.
            return string.IsNullOrEmpty(response.ETag)
                ? throw new AmazonS3Exception("the answer to CopyObject holds no ETag") { ErrorCode = "InternalError", StatusCode = System.Net.HttpStatusCode.InternalServerError }
                : response;
        }, ct);
        return copied.ETag.Trim('"');
    }

    /// <summary>False where the server has no UploadPartCopy.</summary>
    private async Task<bool> TryPartsAsync(StoredObject source, string target, CancellationToken ct)
    {
        var partSize = await PartSizeOfAsync(source, ct);
        var what = $"the copy of {source.Key}";
        await AbortEarlierAsync(target, ct);
        var (upload, tags) = await BeginAsync(source, target, ct);
        try
        {
            var parts = new ConcurrentBag<PartETag>();
            var count = (int)((source.Size + partSize - 1) / partSize);
            await Parallel.ForEachAsync(Enumerable.Range(1, count), new ParallelOptions { MaxDegreeOfParallelism = PartsInFlight, CancellationToken = ct }, async (number, token) =>
                parts.Add(await CopyPartAsync(source, target, upload, number, partSize, token)));
            var complete = new CompleteMultipartUploadRequest { BucketName = bucket, Key = target, UploadId = upload, PartETags = [.. parts.OrderBy(part => part.PartNumber)] };
            await gate.RunAsync(what, TimeFor(source.Size), token => client.CompleteMultipartUploadAsync(complete, token), ct);
            if (tags.Count > 0)
            {
                // Asked for at the beginning, which RADOS Gateway 16.2 ignores.
                var tagging = new PutObjectTaggingRequest { BucketName = bucket, Key = target, Tagging = new Tagging { TagSet = tags } };
                await gate.RunAsync(what, ShortestTime, token => client.PutObjectTaggingAsync(tagging, token), ct);
            }

            return true;
        }
        catch (RestoreException e) when (e.InnerException is AmazonS3Exception s3 && s3.HasCode("NoSuchUpload"))
        {
            // Completed before, and the answer was lost on its way: the target is there then.
            var head = await gate.RunAsync(target, ShortestTime, token => client.GetObjectMetadataAsync(bucket, target, token), ct);
            if (head.ContentLength != source.Size)
            {
                throw;
            }

            return true;
        }
        catch (RestoreException e) when (e.InnerException is AmazonS3Exception { StatusCode: System.Net.HttpStatusCode.NotImplemented })
        {
            _partCopy = false;
            await AbortAsync(target, upload);
            return false;
        }
        catch
        {
            await AbortAsync(target, upload);
            throw;
        }
    }

    private async Task<PartETag> CopyPartAsync(StoredObject source, string target, string upload, int number, long partSize, CancellationToken ct)
    {
        var first = (number - 1) * partSize;
        var request = new CopyPartRequest
        {
            SourceBucket = bucket,
            SourceKey = source.Key.Value,
            DestinationBucket = bucket,
            DestinationKey = target,
            UploadId = upload,
            PartNumber = number,
            FirstByte = first,
            LastByte = Math.Min(source.Size, first + partSize) - 1,
            ETagToMatch = source.ETag is null ? null : [$"\"{source.ETag}\""],
        };
        var response = await gate.RunAsync($"part {number} of {source.Key}", TimeFor(partSize), token => client.CopyPartAsync(request, token), ct);
        return new PartETag(number, response.ETag);
    }

    /// <summary>The source's own part size where its parts are equal: only then is the target's ETag the same, and proves the copy.</summary>
    private async Task<long> PartSizeOfAsync(StoredObject source, CancellationToken ct)
    {
        var fallback = Math.Max(UsualPart, (source.Size + MaximumParts - 1) / MaximumParts);
        if (source.ETag is not { } etag || etag.IndexOf('-', StringComparison.Ordinal) is var dash && dash < 0
            || !int.TryParse(etag.AsSpan(dash + 1), CultureInfo.InvariantCulture, out var count) || count < 1)
        {
            return fallback;
        }

        var request = new GetObjectMetadataRequest { BucketName = bucket, Key = source.Key.Value, PartNumber = 1 };
        var head = await gate.RunAsync(source.Key.Value, ShortestTime, token => client.GetObjectMetadataAsync(request, token), ct);
        var size = head.ContentLength;
        return size >= Math.Min(SmallestPart, source.Size) && (source.Size + size - 1) / size == count ? size : fallback;
    }

    /// <summary>A copy in parts does not carry metadata and tags by itself, as CopyObject does.</summary>
    private async Task<(string Upload, List<Tag> Tags)> BeginAsync(StoredObject source, string target, CancellationToken ct)
    {
        var what = $"the copy of {source.Key}";
        var head = await gate.RunAsync(what, ShortestTime, token => client.GetObjectMetadataAsync(bucket, source.Key.Value, token), ct);
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = bucket,
            Key = target,
            ContentType = head.Headers.ContentType,
            ServerSideEncryptionMethod = head.ServerSideEncryptionMethod,
            ServerSideEncryptionKeyManagementServiceKeyId = head.ServerSideEncryptionKeyManagementServiceKeyId,
        };
        foreach (var name in head.Metadata.Keys)
        {
            request.Metadata[name] = head.Metadata[name];
        }

        request.TagSet = await TagsOfAsync(source, head.TagsCount > 0, ct);
        return ((await gate.RunAsync(what, ShortestTime, token => client.InitiateMultipartUploadAsync(request, token), ct)).UploadId, request.TagSet);
    }

    /// <param name="counted">Whether the server counts tags among the metadata. RADOS Gateway 16.2 does not, and has them all the same.</param>
    private async Task<List<Tag>> TagsOfAsync(StoredObject source, bool counted, CancellationToken ct)
    {
        try
        {
            var request = new GetObjectTaggingRequest { BucketName = bucket, Key = source.Key.Value };
            return (await gate.RunAsync($"the tags of {source.Key}", ShortestTime, token => client.GetObjectTaggingAsync(request, token), ct)).Tagging ?? [];
        }
        catch (RestoreException e) when (!counted && e.InnerException is AmazonS3Exception { StatusCode: System.Net.HttpStatusCode.NotImplemented or System.Net.HttpStatusCode.Forbidden })
        {
            return [];
        }
    }

    /// <summary>
    /// A run that was killed in the middle of a copy has left its parts. The run that goes on holds the folder, so nobody else copies to this key.
    /// Leftovers cost money and nothing else: whatever goes wrong here must not stop the copy.
    /// </summary>
    private async Task AbortEarlierAsync(string target, CancellationToken ct)
    {
        if (!_listsUploads)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(AbortTime);
        try
        {
            // Of the keys that begin like this one, it is the first in the list.
            var request = new ListMultipartUploadsRequest { BucketName = bucket, Prefix = target };
            foreach (var earlier in (await client.ListMultipartUploadsAsync(request, limit.Token)).MultipartUploads ?? [])
            {
                if (earlier.Key == target)
                {
                    await AbortAsync(target, earlier.UploadId);
                }
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Not permitted, or not known here: it will be no other for the next object.
            _listsUploads = e is not AmazonS3Exception
            {
                StatusCode: System.Net.HttpStatusCode.NotImplemented or System.Net.HttpStatusCode.Forbidden or System.Net.HttpStatusCode.MethodNotAllowed,
            };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OperationCanceledException(e.Message, e, ct);
        }
    }

    /// <summary>Parts that nobody completes stay invisible and are billed. A failure here must not hide the reason for the abort.</summary>
    private async Task AbortAsync(string target, string upload)
    {
        using var limit = new CancellationTokenSource(AbortTime);
        try
        {
            await client.AbortMultipartUploadAsync(bucket, target, upload, limit.Token);
        }
        catch (Exception e) when (e is AmazonS3Exception or HttpRequestException or OperationCanceledException)
        {
        }
    }

    /// <summary>
    /// CopyObject encrypts with the bucket's default, not as the source is. Barman encrypts all of a folder alike (its <c>encryption</c>
    /// option), so one look per folder is enough.
    /// </summary>
    private async Task<Encryption> EncryptionOfAsync(StoredObject source, CancellationToken ct)
    {
        var folder = source.Key.Parent.Value;
        if (!_encryption.TryGetValue(folder, out var encryption))
        {
            var head = await gate.RunAsync(source.Key.Value, ShortestTime, token => client.GetObjectMetadataAsync(bucket, source.Key.Value, token), ct);
            encryption = _encryption.GetOrAdd(folder, new Encryption(head.ServerSideEncryptionMethod, head.ServerSideEncryptionKeyManagementServiceKeyId));
        }

        return encryption;
    }
}
