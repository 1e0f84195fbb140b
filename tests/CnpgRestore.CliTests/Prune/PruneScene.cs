using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Prune;

/// <summary>A bucket with a former folder of more objects than one request deletes, the folder that replaces it, and a bystander of a similar name.</summary>
sealed class PruneScene : IAsyncDisposable
{
    public const string Old = "postgres-v17-backup";
    public const string New = "postgres-v17";

    /// <summary>Three requests of 250.</summary>
    private const int MostStrays = 501;

    private readonly TemporaryFolder _folder = new("prune");

    private PruneScene(S3Server s3, S3FaultProxy proxy, string bucket) => (S3, Proxy, Bucket) = (s3, proxy, bucket);

    public S3Server S3 { get; }

    public S3FaultProxy Proxy { get; }

    public string Bucket { get; }

    public string State => Path.Combine(_folder.Path, "state");

    public string OtherMachine => Path.Combine(_folder.Path, "other-machine");

    /// <summary>All that a person has to say.</summary>
    public static string[] Consents { get; } = [Old, "--replaced-by", New, "--idle-for", "1s", "--yes"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="strays">Objects that are no part of a backup; without them the folder goes in few requests.</param>
    public static async Task<PruneScene> CreateAsync(TestBed bed, int strays = MostStrays)
    {
        var s3 = await bed.S3Async(Ct);
        var scene = new PruneScene(s3, await S3FaultProxy.StartAsync(s3.Endpoint, Ct), await s3.CreateBucketAsync(Ct));
        var late = Enumerable.Range(0, strays).ToDictionary(n => $"wals/late/{n:X8}", _ => (byte[])[1]);
        await s3.PutAsync(scene.Folder(Old), PruneFolders.Former().Concat(late).ToDictionary(), Ct);
        await s3.PutAsync(scene.Folder(New), PruneFolders.Later(), Ct);
        await s3.PutAsync(scene.Folder($"{Old}-2"), SampleFolder.Create(3, 'a'), Ct);
        await scene.IdleAsync();
        return scene;
    }

    public S3Folder Folder(string server) => new(Bucket, $"{server}/");

    /// <summary>Returns when the youngest object is older than the second that <see cref="Consents"/> ask for.</summary>
    public async Task IdleAsync()
    {
        var youngest = (await S3.ListAsync(new S3Folder(Bucket, ""), Ct)).Max(item => item.LastModified!.Value.ToUniversalTime());
        while (TimeProvider.System.GetUtcNow().UtcDateTime - youngest < TimeSpan.FromSeconds(1.1))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
        }
    }

    public ToolCommand Command(string state, params string[] arguments) => NativeProgram.Command(["prune", .. arguments]) with
    {
        Environment = new Dictionary<string, string>(S3Server.ClientEnvironment)
        {
            ["CNPG_RESTORE_STATE"] = state, ["CNPG_RESTORE_BUCKET"] = $"s3://{Bucket}", ["AWS_ENDPOINT_URL"] = Proxy.Endpoint, ["HOME"] = _folder.Path,
        },
    };

    public Task<ToolResult> RunAsync(params string[] arguments) => ToolProcess.RunAsync(Command(State, arguments), Ct);

    public Task<SortedDictionary<string, string>> OldAsync() => S3.ETagsAsync(Folder(Old), Ct);

    public Task<SortedDictionary<string, string>> EverythingAsync() => S3.ETagsAsync(new S3Folder(Bucket, ""), Ct);

    /// <summary>No backup that Barman or CNPG would list has lost a part, and no WAL is gone while one is listed.</summary>
    public async Task AssertNoHalfBackupAsync()
    {
        var left = await OldAsync();
        if (left.Keys.Any(key => key.EndsWith("/backup.info", StringComparison.Ordinal)))
        {
            Assert.Equal(PruneFolders.Former().Keys.Where(key => !key.EndsWith("/backup.info", StringComparison.Ordinal)).Except(left.Keys), []);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        _folder.Dispose();
    }
}
