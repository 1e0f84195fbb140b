using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Plans;
using CnpgRestore.Runs;
using CnpgRestore.ServerTests.ObjectStore;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A whole move over a server that misbehaves: it ends as on a good one, or stops with everything still there and is gone on with.</summary>
public sealed class FolderMoveFaultTests(TestBed bed) : IAsyncLifetime
{
    private const int Segments = 30;
    private static readonly FolderMoveRequest Request = new("postgres-v17", "postgres-v17-backup", RemoveSource: true, ReadBack: false, Parallelism: 16);

    private readonly TemporaryFolder _state = new("state");
    private S3Server _s3 = null!;
    private S3FaultProxy _proxy = null!;
    private string _bucket = "";
    private SortedDictionary<string, string> _before = null!;

    public static TheoryData<string> Faults => [.. S3FaultTests.PassingFaults.Select(row => row.Data)];

    public static MatrixTheoryData<string, S3Operation> FinalFaults => new(
        ["503 SlowDown", "500 InternalError", "403 AccessDenied", "cut before the effect", "cut after the effect"],
        [S3Operation.ListObjects, S3Operation.CopyObject, S3Operation.DeleteObjects]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private S3Folder Source => new(_bucket, "postgres-v17/");

    private S3Folder Target => new(_bucket, "postgres-v17-backup/");

    public async ValueTask InitializeAsync()
    {
        _s3 = await bed.S3Async(Ct);
        _bucket = await _s3.CreateBucketAsync(Ct);
        _proxy = await S3FaultProxy.StartAsync(_s3.Endpoint, Ct);
        await _s3.PutAsync(Source, SampleFolder.Create(Segments, 'a'), Ct);
        _before = await _s3.ETagsAsync(Source, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _state.Dispose();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_at_every_third_request_only_takes_time(string fault)
    {
        foreach (var operation in Enum.GetValues<S3Operation>())
        {
            _proxy.On(operation, number => number % 3 == 0, S3FaultTests.Faults[fault]);
        }

        var result = await MoveAsync();

        Assert.Equal(_before.Count, result.ProvenObjects);
        await AssertMovedAsync();
    }

    [Theory]
    [MemberData(nameof(FinalFaults))]
    public async Task A_fault_that_stays_stops_the_move_and_loses_nothing(string fault, S3Operation operation)
    {
        // From the second on: the first one may be all that an operation needs to leave a half-done move.
        _proxy.On(operation, number => number > 1, S3FaultTests.Faults.GetValueOrDefault(fault, exchange => exchange.AnswerAsync(403, "AccessDenied")));

        await Assert.ThrowsAsync<RestoreException>(MoveAsync);

        var (source, target) = (await _s3.ETagsAsync(Source, Ct), await _s3.ETagsAsync(Target, Ct));
        Assert.All(_before, item => Assert.True(source.GetValueOrDefault(item.Key) == item.Value || target.GetValueOrDefault(item.Key) == item.Value, $"{item.Key} is lost"));
        if (operation != S3Operation.DeleteObjects)
        {
            Assert.Equal(_before, source);
        }

        _proxy.Heal();
        if (source.Count > 0)
        {
            await MoveAsync();
        }

        await AssertMovedAsync();
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 2)]
    [InlineData(true, 3)]
    [InlineData(false, 4)]
    [InlineData(true, 4)]
    [InlineData(true, 5)]
    public async Task A_listing_that_is_suddenly_empty_never_passes_for_a_finished_move(bool valid, int walk)
    {
        var count = 0;
        _proxy.Inject(async exchange =>
        {
            if (exchange.Call is { Operation: S3Operation.ListObjects, Key: "postgres-v17/" })
            {
                Interlocked.Increment(ref count);
            }

            if (Volatile.Read(ref count) >= walk && exchange.Call.Operation == S3Operation.ListObjects && exchange.Call.Key.StartsWith("postgres-v17/", StringComparison.Ordinal))
            {
                var body = valid ? $"<ListBucketResult><Name>{_bucket}</Name><Prefix>{exchange.Call.Key}</Prefix><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>" : "";
                await exchange.AnswerAsync(new S3Answer(200, new Dictionary<string, string> { ["Content-Type"] = "application/xml" }, System.Text.Encoding.ASCII.GetBytes(body)));
            }
        });

        await Assert.ThrowsAsync<RestoreException>(MoveAsync);

        Assert.Equal(_before, await _s3.ETagsAsync(Source, Ct));
        _proxy.Heal();
        await MoveAsync();
        await AssertMovedAsync();
    }

    [Fact]
    public async Task Copies_that_only_claim_to_have_happened_are_found_by_the_proof()
    {
        _proxy.On(S3Operation.CopyObject, number => number % 5 == 0, exchange => exchange.AnswerAsync(new S3Answer(
            200, new Dictionary<string, string>(), "<CopyObjectResult><ETag>\"0123456789abcdef0123456789abcdef\"</ETag><LastModified>2026-03-01T02:00:00.000Z</LastModified></CopyObjectResult>"u8.ToArray())));

        var problem = (await Assert.ThrowsAsync<RestoreException>(MoveAsync)).Problem;

        Assert.Equal(ProblemCode.Stopped, problem.Code);
        Assert.Equal(_before, await _s3.ETagsAsync(Source, Ct));
        _proxy.Heal();
        await MoveAsync();
        await AssertMovedAsync();
    }

    [Fact]
    public async Task Deletions_that_only_claim_to_have_happened_are_found_by_the_last_look()
    {
        _proxy.On(S3Operation.DeleteObjects, _ => true, exchange => exchange.AnswerAsync(new S3Answer(200, new Dictionary<string, string>(), "<DeleteResult/>"u8.ToArray())));

        Assert.Equal(ProblemCode.Stopped, (await Assert.ThrowsAsync<RestoreException>(MoveAsync)).Problem.Code);

        _proxy.Heal();
        await MoveAsync();
        await AssertMovedAsync();
    }

    [Fact]
    public async Task Deletions_that_are_refused_one_by_one_are_told()
    {
        _proxy.On(S3Operation.DeleteObjects, _ => true, exchange => exchange.AnswerAsync(new S3Answer(200, new Dictionary<string, string>(),
            "<DeleteResult><Error><Key>postgres-v17/wals/00000002.history</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>"u8.ToArray())));

        Assert.Equal(ProblemCode.AccessDenied, (await Assert.ThrowsAsync<RestoreException>(MoveAsync)).Problem.Code);
        Assert.Equal(_before, await _s3.ETagsAsync(Target, Ct));
    }

    [Fact]
    public async Task Targets_whose_ETags_differ_for_equal_contents_are_proven_by_reading()
    {
        _proxy.On(S3Operation.ListObjects, _ => true, async exchange =>
        {
            var answer = await exchange.ForwardAsync();
            await exchange.AnswerAsync(exchange.Call.Key.StartsWith("postgres-v17-backup/", StringComparison.Ordinal) ? answer.WithText(answer.Text.Replace("<ETag>&quot;", "<ETag>&quot;0000", StringComparison.Ordinal)) : answer);
        });

        var result = await MoveAsync();

        Assert.Equal(_before.Count, result.ByEvidence[CnpgRestore.ObjectStore.Evidence.Content]);
        await AssertMovedAsync();
    }

    private async Task AssertMovedAsync()
    {
        Assert.Equal(_before, await _s3.ETagsAsync(Target, Ct));
        Assert.Empty(await _s3.ETagsAsync(Source, Ct));
    }

    private async Task<FolderMoveResult> MoveAsync()
    {
        var clock = new HurriedClock(60);
        using var store = new S3ObjectStore(StoreSettings.Of(_proxy.Endpoint, $"s3://{_bucket}"), clock);
        var plan = await new FolderMovePlanner(store, TimeProvider.System).PlanAsync(Request, removalBegun: false, Ct);
        using var journal = Journal.Create(new StateFolder(_state.Path), "rename", Request.SubjectIn(store.Identity), TimeProvider.System);
        return await new FolderMove(store, plan, new Run(journal, new Unseen())).RunAsync(Ct);
    }

    private sealed class Unseen : IRunObserver
    {
        public void OnStepStarted(PlanStep step, StepMeter meter)
        {
        }

        public void OnStepFinished(PlanStep step, string outcome)
        {
        }

        public void OnDetail(string text)
        {
        }

        public void OnWarning(string text)
        {
        }
    }
}
