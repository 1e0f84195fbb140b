namespace CnpgRestore.TestServers;

/// <summary>
/// The servers of one test assembly, an assembly fixture: each is started when the first test asks for it, and ended with the run.
/// </summary>
public sealed class TestBed : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    // Apart from the other: who tells the story of a Cluster asks for servers on the way.
    private readonly SemaphoreSlim _storyTurn = new(1);
    private S3Server? _s3;
    private PostgresServer? _postgres;
    private KubernetesServer? _kubernetesApi;
    private KubernetesServer? _kubernetes;
    private OperatorStandIn? _operator;
    private readonly Dictionary<BarmanCompression, BarmanStory> _stories = [];
    private ClusterStory? _clusterStory;

    public async Task<S3Server> S3Async(CancellationToken ct) =>
        _s3 ?? await InTurnAsync(async () => _s3 ??= await S3Server.StartAsync(ct), ct);

    /// <summary>A server without archive, for tests that need any PostgreSQL; each test uses a database of its own.</summary>
    public async Task<PostgresServer> PostgresAsync(CancellationToken ct) =>
        _postgres ?? await InTurnAsync(async () => _postgres ??= await PostgresServer.CreateAsync(new PostgresOptions(), ct), ct);

    /// <summary>An API server without nodes, for tests that need no pods; each test works in a namespace of its own.</summary>
    public async Task<KubernetesServer> KubernetesApiAsync(CancellationToken ct) =>
        _kubernetesApi ?? await InTurnAsync(async () => _kubernetesApi ??= await KubernetesServer.StartApiAsync(ct), ct);

    /// <summary>A whole Kubernetes of one node; each test works in a namespace of its own.</summary>
    public async Task<KubernetesServer> KubernetesAsync(CancellationToken ct) =>
        _kubernetes ?? await InTurnAsync(async () => _kubernetes ??= await KubernetesServer.StartNodeAsync(ct), ct);

    /// <summary>The operator of that Kubernetes.</summary>
    public async Task<OperatorStandIn> OperatorAsync(CancellationToken ct)
    {
        var kubernetes = await KubernetesAsync(ct);
        return _operator ?? await InTurnAsync(async () => _operator ??= await OperatorStandIn.StartAsync(kubernetes, ct), ct);
    }

    /// <summary>
    /// A finished story for tests that only read: a tablespace, two base backups on timeline 1, a promotion, rows on timeline 2, all archived,
    /// its server gone. A test that changes the folder copies it first: <see cref="S3Server.CopyAsync"/>.
    /// </summary>
    public async Task<BarmanStory> StoryAsync(BarmanCompression compression, CancellationToken ct)
    {
        var s3 = await S3Async(ct);
        return await InTurnAsync(
            async () => _stories.TryGetValue(compression, out var story) ? story : _stories[compression] = await TellAsync(s3, compression, ct),
            ct);
    }

    /// <summary>A finished story of a Cluster, for tests that recover; each copies its folder: <see cref="ClusterScene.TakeOverAsync"/>.</summary>
    public async Task<ClusterStory> ClusterStoryAsync(CancellationToken ct)
    {
        await S3Async(ct);
        await OperatorAsync(ct);
        await _storyTurn.WaitAsync(ct);
        try
        {
            return _clusterStory ??= await ClusterStory.TellAsync(this, ct);
        }
        finally
        {
            _storyTurn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_operator is not null)
        {
            await _operator.DisposeAsync();
        }

        if (_kubernetes is not null)
        {
            await _kubernetes.DisposeAsync();
        }

        if (_kubernetesApi is not null)
        {
            await _kubernetesApi.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        if (_s3 is not null)
        {
            await _s3.DisposeAsync();
        }

        _turn.Dispose();
        _storyTurn.Dispose();
    }

    private static async Task<BarmanStory> TellAsync(S3Server s3, BarmanCompression compression, CancellationToken ct)
    {
        var barman = new BarmanCloud(s3, await s3.CreateBucketAsync(ct), "postgres-v17", compression);
        await using var story = await BarmanStory.BeginAsync(s3, barman, ct);
        await story.AddTablespaceAsync("fast", ct);
        await story.WriteAsync(1000, ct);
        await story.BackUpAsync(ct);
        await story.WriteAsync(500, ct);
        await story.ArchiveAsync(ct);
        await story.BackUpAsync(ct);
        await story.WriteAsync(300, ct);
        await story.ArchiveAsync(ct);
        await story.PromoteAsync(ct);
        await story.WriteAsync(200, ct);
        await story.ArchiveAsync(ct);
        return story;
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> start, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await start();
        }
        finally
        {
            _turn.Release();
        }
    }
}
