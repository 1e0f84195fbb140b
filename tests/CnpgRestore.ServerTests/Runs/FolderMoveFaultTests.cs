using System.Text;
using CnpgRestore.ObjectStore;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A whole move over a server that misbehaves: it ends as on a good one, or stops with everything still there and is gone on with.</summary>
public sealed class FolderMoveFaultTests(TestBed bed) : IAsyncLifetime
{
    private static readonly Dictionary<string, Func<S3Exchange, Task>> Lasting = new(
        S3Faults.Final.Concat(S3Faults.Passing.Where(fault => fault.Key is "503 SlowDown" or "429 TooManyRequests" or "500 InternalError" or "cut before the effect" or "cut after the effect")));

    private MoveScene _scene = null!;

    public static TheoryData<string> PassingFaults => [.. S3Faults.Passing.Keys];

    public static MatrixTheoryData<string, S3Operation> LastingFaults => new(Lasting.Keys, [S3Operation.ListObjects, S3Operation.CopyObject, S3Operation.DeleteObjects]);

    public async ValueTask InitializeAsync() => _scene = await MoveScene.CreateAsync(bed);

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task A_fault_at_every_third_request_only_takes_time(string fault)
    {
        _scene.Proxy.OnEach(Times.Every(3), S3Faults.Passing[fault]);

        var result = await _scene.MoveAsync();

        Assert.Equal(_scene.Before.Count, result.ProvenObjects);
        await _scene.AssertMovedAsync();
    }

    [Theory]
    [MemberData(nameof(LastingFaults))]
    public async Task A_fault_that_stays_stops_the_move_and_loses_nothing(string fault, S3Operation operation)
    {
        // From the second on: the first one may be all that an operation needs to leave a half-done move.
        _scene.Proxy.On(operation, Times.From(2), Lasting[fault]);

        var problem = await _scene.StopAsync();

        Assert.Contains(problem.Code, (ProblemCode[])[ProblemCode.Stopped, ProblemCode.Unreachable, ProblemCode.AccessDenied]);
        if (operation != S3Operation.DeleteObjects)
        {
            await _scene.AssertSourceUntouchedAsync();
        }

        await _scene.HealAndFinishAsync();
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
        _scene.Proxy.On(call => _scene.Walk >= walk && call.Operation == S3Operation.ListObjects && call.Key.StartsWith($"{MoveScene.Name}/", StringComparison.Ordinal), Times.Always, exchange =>
        {
            var body = valid ? $"<ListBucketResult><Name>{_scene.Bucket}</Name><Prefix>{exchange.Call.Key}</Prefix><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>" : "";
            return exchange.AnswerAsync(new S3Answer(200, new Dictionary<string, string> { ["Content-Type"] = "application/xml" }, Encoding.ASCII.GetBytes(body)));
        });

        await _scene.StopAsync();

        await _scene.AssertSourceUntouchedAsync();
        await _scene.HealAndFinishAsync();
    }

    [Fact]
    public async Task Copies_that_only_claim_to_have_happened_are_found_by_the_proof()
    {
        _scene.Proxy.On(S3Operation.CopyObject, Times.Every(5), exchange => exchange.AnswerAsync(new S3Answer(
            200, new Dictionary<string, string>(), "<CopyObjectResult><ETag>\"0123456789abcdef0123456789abcdef\"</ETag><LastModified>2026-03-01T02:00:00.000Z</LastModified></CopyObjectResult>"u8.ToArray())));

        Assert.Equal(ProblemCode.Stopped, (await _scene.StopAsync()).Code);

        await _scene.AssertSourceUntouchedAsync();
        await _scene.HealAndFinishAsync();
    }

    [Fact]
    public async Task Deletions_that_only_claim_to_have_happened_are_found_by_the_last_look()
    {
        _scene.Proxy.On(S3Operation.DeleteObjects, Times.Always, exchange => exchange.AnswerAsync(new S3Answer(200, new Dictionary<string, string>(), "<DeleteResult/>"u8.ToArray())));

        Assert.Equal(ProblemCode.Stopped, (await _scene.StopAsync()).Code);

        await _scene.HealAndFinishAsync();
    }

    [Fact]
    public async Task Deletions_that_are_refused_one_by_one_are_told()
    {
        _scene.Proxy.On(S3Operation.DeleteObjects, Times.Always, exchange => exchange.AnswerAsync(new S3Answer(200, new Dictionary<string, string>(),
            "<DeleteResult><Error><Key>postgres-v17/wals/00000002.history</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>"u8.ToArray())));

        Assert.Equal(ProblemCode.AccessDenied, (await _scene.StopAsync()).Code);

        await _scene.HealAndFinishAsync();
    }

    [Fact]
    public async Task A_store_that_takes_no_checksum_but_Content_MD5_gets_its_source_removed()
    {
        _scene.Proxy.Inject(S3Faults.RefuseWithoutContentMD5);

        var result = await _scene.MoveAsync();

        Assert.Equal(_scene.Before.Count, result.ProvenObjects);
        await _scene.AssertMovedAsync();
    }

    [Fact]
    public async Task Targets_whose_ETags_differ_for_equal_contents_are_proven_by_reading()
    {
        DifferETagsInTarget();

        var result = await _scene.MoveAsync();

        Assert.Equal(_scene.Before.Count, result.ByEvidence[Evidence.Content]);
        await _scene.AssertMovedAsync();
    }

    [Theory]
    [InlineData("corrupted", ProblemCode.Differences)]
    [InlineData("truncated", ProblemCode.Unreachable)]
    public async Task What_is_read_wrong_for_the_proof_proves_nothing(string download, ProblemCode expected)
    {
        DifferETagsInTarget();
        _scene.Proxy.On(call => call is { Operation: S3Operation.GetObject, Key: $"{MoveScene.Name}-backup/wals/00000002.history" }, Times.Always, download == "corrupted" ? S3Faults.Corrupt : S3Faults.Truncate);

        Assert.Equal(expected, (await _scene.StopAsync()).Code);

        await _scene.AssertSourceUntouchedAsync();
        await _scene.HealAndFinishAsync();
    }

    private void DifferETagsInTarget() => _scene.Proxy.On(
        call => call.Operation == S3Operation.ListObjects && call.Key.StartsWith($"{MoveScene.Name}-backup/", StringComparison.Ordinal), Times.Always, S3Faults.Page(page => page.ChangeETags()));
}
