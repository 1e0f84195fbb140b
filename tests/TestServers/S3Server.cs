using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace CnpgRestore.TestServers;

/// <summary>
/// A real S3 server on loopback, started by <c>testbed/s3.sh</c>. Its two users: one who owns the buckets, and a stranger who may do nothing
/// in them unless a bucket policy allows it.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    private readonly TemporaryFolder? _folder;

    private S3Server(string endpoint, TemporaryFolder? folder)
    {
        Endpoint = endpoint;
        _folder = folder;
        Client = CreateClient(AccessKey, SecretKey);
    }

    public static string AccessKey => "AKTEST";

    public static string SecretKey => "SKTEST";

    public static string StrangerAccessKey => "AKSTRANGER";

    public static string StrangerSecretKey => "SKSTRANGER";

    public static string Region => "us-east-1";

    /// <summary>For example <c>http://127.0.0.1:23329</c>.</summary>
    public string Endpoint { get; }

    /// <summary>Acts as the owner of the buckets.</summary>
    public AmazonS3Client Client { get; }

    /// <summary>The owner's credentials as programs read them; no profile file and no metadata service of this machine interferes.</summary>
    public static IReadOnlyDictionary<string, string> ClientEnvironment { get; } = new Dictionary<string, string>
    {
        ["AWS_ACCESS_KEY_ID"] = AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = SecretKey,
        ["AWS_DEFAULT_REGION"] = Region,
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        // For the distutils that barman imports Python loads all of setuptools otherwise, which takes a quarter of the time of a program.
        ["SETUPTOOLS_USE_DISTUTILS"] = "stdlib",
    };

    private static string Script => Path.Combine(TestEnvironment.Repository, "testbed", "s3.sh");

    public static async Task<S3Server> StartAsync(CancellationToken ct)
    {
        if (TestEnvironment.S3Endpoint is { } running)
        {
            return new S3Server(running, folder: null);
        }

        Requirement.Programs("radosgw", "ceph-mon", "ceph-osd");
        var folder = new TemporaryFolder("s3");
        var started = await ToolProcess.RunAsync(new ToolCommand(Script, "start", folder.Path), ct);
        if (started.ExitCode != 0)
        {
            folder.Dispose();
        }

        return new S3Server(started.Succeeded().Output.Trim(), folder);
    }

    /// <summary>Creates an empty bucket of its own for the caller.</summary>
    public async Task<string> CreateBucketAsync(CancellationToken ct)
    {
        var bucket = $"test-{Guid.NewGuid():N}";
        await Client.PutBucketAsync(bucket, ct);
        return bucket;
    }

    /// <summary>Copies every object below one prefix to another, so that a test can change what others share. Prefixes end in a slash.</summary>
    public async Task CopyAsync(S3Folder from, S3Folder to, CancellationToken ct)
    {
        var objects = await ListAsync(from, ct);
        await Parallel.ForEachAsync(objects, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = ct }, async (item, token) =>
            await Client.CopyObjectAsync(from.Bucket, item.Key, to.Bucket, to.Prefix + item.Key[from.Prefix.Length..], token));
    }

    /// <summary>Every object below a prefix, in key order.</summary>
    public async Task<IReadOnlyList<S3Object>> ListAsync(S3Folder folder, CancellationToken ct)
    {
        var found = new List<S3Object>();
        var request = new ListObjectsV2Request { BucketName = folder.Bucket, Prefix = folder.Prefix };
        await foreach (var item in Client.Paginators.ListObjectsV2(request).S3Objects.WithCancellation(ct))
        {
            found.Add(item);
        }

        return found;
    }

    /// <summary>Makes a gap in a Barman folder: the segment, in whatever compression, is gone.</summary>
    public async Task LoseWalAsync(S3Folder folder, string segment, CancellationToken ct)
    {
        foreach (var item in await ListAsync(folder with { Prefix = $"{folder.Prefix}wals/{segment[..16]}/{segment}" }, ct))
        {
            await Client.DeleteObjectAsync(folder.Bucket, item.Key, ct);
        }
    }

    public AmazonS3Client CreateClient(string accessKey, string secretKey) =>
        new(new BasicAWSCredentials(accessKey, secretKey), new AmazonS3Config
        {
            ServiceURL = Endpoint,
            AuthenticationRegion = Region,
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_folder is not null)
        {
            await ToolProcess.RunAsync(new ToolCommand(Script, "stop", _folder.Path), CancellationToken.None);
            _folder.Dispose();
        }
    }
}

/// <summary>A part of a bucket; the prefix is empty or ends in a slash.</summary>
public sealed record S3Folder(string Bucket, string Prefix);
