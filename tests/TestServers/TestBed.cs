using System.Collections.Concurrent;

namespace CnpgRestore.TestServers;

/// <summary>
/// The servers of one test assembly, an assembly fixture: each is started when the first test asks for it, and ended with the run. Different ones
/// start side by side. Where one cannot be started, every test that asks for it gets the same reason.
/// </summary>
public sealed class TestBed : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Begun<S3Server> _s3;
    private readonly Begun<PostgresServer> _postgres;
    private readonly Begun<KubernetesServer> _kubernetesApi;
    private readonly Begun<KubernetesServer> _kubernetes;
    private readonly Begun<OperatorStandIn> _operator;
    private readonly Begun<ClusterStory> _clusterStory;
    private readonly ConcurrentDictionary<BarmanCompression, Begun<BarmanStory>> _stories = [];

    public TestBed()
    {
        // Of no test: the one that asks first may be cancelled, and others wait for the same.
        var ct = _end.Token;
        _s3 = new(() => S3Server.StartAsync(ct));
        _postgres = new(() => PostgresServer.CreateAsync(new PostgresOptions(), ct));
        _kubernetesApi = new(() => KubernetesServer.StartApiAsync(ct));
        _kubernetes = new(() => KubernetesServer.StartNodeAsync(ct));
        _operator = new(async () => await OperatorStandIn.StartAsync(await KubernetesAsync(ct), ct));
        _clusterStory = new(() => ClusterStory.TellAsync(this, ct));
    }

    public Task<S3Server> S3Async(CancellationToken ct) => _s3.Result.WaitAsync(ct);

    /// <summary>A server without archive, for tests that need any PostgreSQL; each test uses a database of its own.</summary>
    public Task<PostgresServer> PostgresAsync(CancellationToken ct) => _postgres.Result.WaitAsync(ct);

    /// <summary>An API server without nodes, for tests that need no pods; each test works in a namespace of its own.</summary>
    public Task<KubernetesServer> KubernetesApiAsync(CancellationToken ct) => _kubernetesApi.Result.WaitAsync(ct);

    /// <summary>A whole Kubernetes of one node; each test works in a namespace of its own.</summary>
    public Task<KubernetesServer> KubernetesAsync(CancellationToken ct) => _kubernetes.Result.WaitAsync(ct);

    /// <summary>The operator of that Kubernetes.</summary>
    public Task<OperatorStandIn> OperatorAsync(CancellationToken ct) => _operator.Result.WaitAsync(ct);

    /// <summary>
    /// A finished story for tests that only read: a tablespace, two base backups on timeline 1, a promotion, rows on timeline 2, all archived,
    /// its server gone. A test that changes the folder copies it first: <see cref="S3Server.CopyAsync"/>.
    /// </summary>
    public Task<BarmanStory> StoryAsync(BarmanCompression compression, CancellationToken ct) =>
        _stories.GetOrAdd(compression, wanted => new(() => TellAsync(wanted, _end.Token))).Result.WaitAsync(ct);

    /// <summary>A finished story of a Cluster, for tests that recover; each copies its folder: <see cref="ClusterScene.TakeOverAsync"/>.</summary>
    public Task<ClusterStory> ClusterStoryAsync(CancellationToken ct) => _clusterStory.Result.WaitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _operator.DisposeAsync();
        await _kubernetes.DisposeAsync();
        await _kubernetesApi.DisposeAsync();
        await _postgres.DisposeAsync();
        await _s3.DisposeAsync();
        _end.Dispose();
    }

    private async Task<BarmanStory> TellAsync(BarmanCompression compression, CancellationToken ct)
    {
        var s3 = await S3Async(ct);
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

    /// <summary>What is begun once, by who asks first.</summary>
    private sealed class Begun<T>(Func<Task<T>> begin) : IAsyncDisposable
    {
        private readonly Lock _turn = new();
        private Task<T>? _result;

        public Task<T> Result
        {
            get
            {
                lock (_turn)
                {
                    return _result ??= begin();
                }
            }
        }

        /// <summary>Ends it, where it was begun and has come to be.</summary>
        public async ValueTask DisposeAsync()
        {
            if (_result is null)
            {
                return;
            }

            await ((Task)_result).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_result.IsCompletedSuccessfully && await _result is IAsyncDisposable server)
            {
                await server.DisposeAsync();
            }
        }
    }
}
