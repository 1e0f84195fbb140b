namespace CnpgRestore.ObjectStore.S3;

/// <summary>
/// What one S3 service does its own way, as data. It is a first guess by the endpoint's host name, or the user's <c>--provider</c>; where a
/// server answers otherwise, the store falls back at run time.
/// </summary>
/// <param name="SingleCopyLimit">Largest object, in bytes, that one CopyObject takes.</param>
/// <param name="PartCopy">Whether UploadPartCopy may be tried.</param>
/// <param name="CopyKeepsETag">Whether CopyObject keeps the ETag of an object that was uploaded in parts. Where it does not, a copy in the
/// source's own parts does, and the ETags prove it.</param>
public sealed record Provider(string Name, string? HostSuffix, long SingleCopyLimit, bool PartCopy, bool CopyKeepsETag)
{
    private const long FiveGigabytes = 5_000_000_000;

    /// <summary>The endpoints of AWS in China.</summary>
    private const string AwsInChina = ".amazonaws.com.cn";

    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html: above 5 GB only UploadPartCopy; the ETag becomes that of one part.
    public static readonly Provider Aws = new("aws", ".amazonaws.com", FiveGigabytes, PartCopy: true, CopyKeepsETag: false);

    // https://storj.dev/dcs/api/s3/s3-compatibility: UploadPartCopy only on request; CopyObject takes about 671 GB and keeps the ETag.
    public static readonly Provider Storj = new("storj", ".storjshare.io", 671_000_000_000, PartCopy: false, CopyKeepsETag: true);

    // The XML API has no multipart copy; one copy takes any size.
    public static readonly Provider Gcs = new("gcs", "storage.googleapis.com", long.MaxValue, PartCopy: false, CopyKeepsETag: true);

    public static readonly Provider R2 = new("r2", ".r2.cloudflarestorage.com", FiveGigabytes, PartCopy: true, CopyKeepsETag: false);

    public static readonly Provider B2 = new("b2", ".backblazeb2.com", FiveGigabytes, PartCopy: true, CopyKeepsETag: false);

    public static readonly Provider MinIO = new("minio", null, FiveGigabytes, PartCopy: true, CopyKeepsETag: false);

    // Measured on RADOS Gateway 16.2: a copy keeps the ETag, also that of an object in parts.
    public static readonly Provider Ceph = new("ceph", null, FiveGigabytes, PartCopy: true, CopyKeepsETag: true);

    public static readonly Provider Generic = new("generic", null, FiveGigabytes, PartCopy: true, CopyKeepsETag: true);

    public static IReadOnlyList<Provider> All { get; } = [Aws, Storj, Gcs, R2, B2, MinIO, Ceph, Generic];

    /// <summary>The provider behind an endpoint, by its host name; no endpoint means AWS.</summary>
    public static Provider Of(Uri? endpoint) => endpoint is null || endpoint.Host.EndsWith(AwsInChina, StringComparison.OrdinalIgnoreCase)
        ? Aws
        : All.FirstOrDefault(provider => provider.HostSuffix is { } suffix && endpoint.Host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) ?? Generic;

    public override string ToString() => Name;
}
