using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Plans;
using CnpgRestore.Runs;
using CnpgRestore.ServerTests.ObjectStore;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A server folder behind a proxy, and the move of it with its source removed.</summary>
sealed class MoveScene : IAsyncDisposable
{
    public const string Name = "postgres-v17";
    private const int Segments = 30;
    private static readonly FolderMoveRequest Request = new(Name, $"{Name}-backup", RemoveSource: true, ReadBack: false, Parallelism: 16);

    private readonly TemporaryFolder _state = new("state");
    private int _walk;

    private MoveScene(S3Server s3, S3FaultProxy proxy, string bucket)
    {
        S3 = s3;
        Proxy = proxy;
        Bucket = bucket;
    }

    public S3Server S3 { get; }

    public S3FaultProxy Proxy { get; }

    public string Bucket { get; }

    /// <summary>What the source held; after an undisturbed move the target holds it, and the source nothing.</summary>
    public SortedDictionary<string, string> Before { get; private set; } = null!;

    public S3Folder Source => new(Bucket, $"{Name}/");

    public S3Folder Target => new(Bucket, $"{Name}-backup/");

    /// <summary>
    /// The walk of the source that has begun: 1 plan, 2 copy, 3 copy of backup.info, 4 proof, 5 last look, 6 removal of backup.info, 7 removal of
    /// the rest, 8 proof of the removal.
    /// </summary>
    public int Walk => Volatile.Read(ref _walk);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<MoveScene> CreateAsync(TestBed bed)
    {
        var s3 = await bed.S3Async(Ct);
        var scene = new MoveScene(s3, await S3FaultProxy.StartAsync(s3.Endpoint, Ct), await s3.CreateBucketAsync(Ct));
        await s3.PutAsync(scene.Source, SampleFolder.Create(Segments, 'a'), Ct);
        scene.Before = await s3.ETagsAsync(scene.Source, Ct);
        scene.CountWalks();
        return scene;
    }

    public Task<FolderMoveResult> MoveAsync() => MoveAsync(Provider.Generic);

    public async Task<FolderMoveResult> MoveAsync(Provider provider)
    {
        using var store = new S3ObjectStore(StoreSettings.Of(Proxy.Endpoint, $"s3://{Bucket}") with { Provider = provider }, new HurriedClock(60));
        var plan = await new FolderMovePlanner(store, TimeProvider.System).PlanAsync(Request, removalBegun: false, Ct);
        using var journal = Journal.Create(new StateFolder(_state.Path), "rename", Request.SubjectIn(store.Identity), TimeProvider.System);
        return await new FolderMove(store, plan, new Run(journal, new Unseen())).RunAsync(Ct);
    }

    /// <summary>The move ends in an error that says how to go on, and every object is still in one of the folders.</summary>
    public async Task<Problem> StopAsync()
    {
        var problem = (await Assert.ThrowsAsync<RestoreException>(MoveAsync)).Problem;
        Assert.NotNull(problem.Hint);
        var (source, target) = (await S3.ETagsAsync(Source, Ct), await S3.ETagsAsync(Target, Ct));
        Assert.All(Before, item => Assert.True(source.GetValueOrDefault(item.Key) == item.Value || target.GetValueOrDefault(item.Key) == item.Value, $"{item.Key} is lost"));
        return problem;
    }

    public async Task AssertSourceUntouchedAsync() => Assert.Equal(Before, await S3.ETagsAsync(Source, Ct));

    /// <summary>Ends the faults, moves again if there is anything left to move, and finds what an undisturbed move leaves.</summary>
    public async Task HealAndFinishAsync()
    {
        Proxy.Heal();
        if ((await S3.ListAsync(Source, Ct)).Count > 0)
        {
            await MoveAsync();
        }

        await AssertMovedAsync();
    }

    public async Task AssertMovedAsync()
    {
        Assert.Equal(Before, await S3.ETagsAsync(Target, Ct));
        Assert.Empty(await S3.ETagsAsync(Source, Ct));
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        _state.Dispose();
    }

    private void CountWalks() => Proxy.Inject(exchange =>
    {
        if (exchange.Call is { Operation: S3Operation.ListObjects, Key: $"{Name}/" })
        {
            Interlocked.Increment(ref _walk);
        }

        return Task.CompletedTask;
    });
}
