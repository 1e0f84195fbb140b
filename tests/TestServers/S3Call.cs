using Microsoft.AspNetCore.Http;

namespace CnpgRestore.TestServers;

/// <summary>One request as S3 understands it.</summary>
/// <param name="Key">Below the bucket; empty for requests to the bucket. For a listing its prefix.</param>
public sealed record S3Call(S3Operation Operation, string Bucket, string Key)
{
    public static S3Call Of(HttpRequest request)
    {
        var path = request.Path.Value!;
        var slash = path.IndexOf('/', 1);
        var (bucket, key) = slash < 0 ? (path[1..], "") : (path[1..slash], path[(slash + 1)..]);
        var hasCopySource = request.Headers.ContainsKey("x-amz-copy-source");
        bool Has(string name) => request.Query.ContainsKey(name);
        var operation = (request.Method, key.Length > 0) switch
        {
            ("GET", false) when Has("list-type") => S3Operation.ListObjects,
            ("GET", false) when Has("uploads") => S3Operation.ListUploads,
            ("POST", false) when Has("delete") => S3Operation.DeleteObjects,
            ("GET", true) when Has("tagging") => S3Operation.GetTagging,
            ("GET", true) => S3Operation.GetObject,
            ("HEAD", true) => S3Operation.HeadObject,
            ("POST", true) when Has("uploads") => S3Operation.CreateUpload,
            ("POST", true) when Has("uploadId") => S3Operation.CompleteUpload,
            ("DELETE", true) when Has("uploadId") => S3Operation.AbortUpload,
            ("PUT", true) when Has("tagging") => S3Operation.PutTagging,
            ("PUT", true) when Has("uploadId") => hasCopySource ? S3Operation.CopyPart : S3Operation.Other,
            ("PUT", true) => hasCopySource ? S3Operation.CopyObject : S3Operation.PutObject,
            _ => S3Operation.Other,
        };
        return new S3Call(operation, bucket, operation == S3Operation.ListObjects ? request.Query["prefix"].ToString() : key);
    }
}

/// <summary>What a request asks for, as far as cnpg-restore asks for it.</summary>
public enum S3Operation
{
    Other,
    ListObjects,
    HeadObject,
    GetObject,
    GetTagging,
    PutTagging,
    PutObject,
    CopyObject,
    CreateUpload,
    CopyPart,
    CompleteUpload,
    AbortUpload,
    ListUploads,
    DeleteObjects,
}
