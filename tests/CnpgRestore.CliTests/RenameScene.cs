using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary>A bucket of its own behind a proxy, and <c>cnpg-restore rename</c> on it.</summary>
sealed class RenameScene : IAsyncDisposable
{
    public const string Source = "postgres-v17";
    public const string Target = "postgres-v17-backup";

    private readonly TemporaryFolder _state = new("state");

    private RenameScene(S3Server s3, S3FaultProxy proxy, string bucket)
    {
        S3 = s3;
        Proxy = proxy;
        Bucket = bucket;
    }

    public S3Server S3 { get; }

    public S3FaultProxy Proxy { get; }

    public string Bucket { get; }

    public string State => _state.Path;

    public S3Folder SourceFolder => new(Bucket, $"{Source}/");

    public S3Folder TargetFolder => new(Bucket, $"{Target}/");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="segments">WAL segments in the source; none: an empty bucket.</param>
    public static async Task<RenameScene> CreateAsync(TestBed bed, int segments)
    {
        var s3 = await bed.S3Async(Ct);
        var scene = new RenameScene(s3, await S3FaultProxy.StartAsync(s3.Endpoint, Ct), await s3.CreateBucketAsync(Ct));
        if (segments > 0)
        {
            await s3.PutAsync(scene.SourceFolder, SampleFolder.Create(segments, 'a'), Ct);
        }

        return scene;
    }

    /// <summary>The command line with this bucket; the last value of an environment variable wins.</summary>
    public ToolCommand Command(IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var variables = new Dictionary<string, string>(S3Server.ClientEnvironment) { ["CNPG_RESTORE_STATE"] = State, ["CNPG_RESTORE_BUCKET"] = $"s3://{Bucket}", ["AWS_ENDPOINT_URL"] = Proxy.Endpoint, ["HOME"] = State };
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }

        return NativeProgram.Command(["rename", .. arguments]) with { Environment = variables };
    }

    public Task<ToolResult> RunAsync(params string[] arguments) => ToolProcess.RunAsync(Command(arguments), Ct);

    /// <summary>Source to target, with all consents.</summary>
    public Task<ToolResult> MoveAsync(params string[] options) => RunAsync([Source, Target, "--yes", .. options]);

    public Task<SortedDictionary<string, string>> SourceAsync() => S3.ETagsAsync(SourceFolder, Ct);

    public Task<SortedDictionary<string, string>> TargetAsync() => S3.ETagsAsync(TargetFolder, Ct);

    public Task<SortedDictionary<string, string>> EverythingAsync() => S3.ETagsAsync(new S3Folder(Bucket, ""), Ct);

    public Task PutAsync(string key, string content) => S3.Client.PutObjectAsync(new() { BucketName = Bucket, Key = key, ContentBody = content }, Ct);

    /// <summary>
    /// Acts right before a walk of the source begins. The walks of a move with -r, in order: 1 plan, 2 copy, 3 copy of backup.info, 4 proof,
    /// 5 last look, 6 removal of backup.info, 7 removal of the rest, 8 proof of the removal.
    /// </summary>
    public void BeforeWalk(int walk, Func<Task> act)
    {
        var count = 0;
        Proxy.Inject(async exchange =>
        {
            if (exchange.Call is { Operation: S3Operation.ListObjects, Key: $"{Source}/" } && Interlocked.Increment(ref count) == walk)
            {
                await act();
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        _state.Dispose();
    }
}
