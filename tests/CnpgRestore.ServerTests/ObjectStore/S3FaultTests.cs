using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.ObjectStore;

/// <summary>Faults that a real server does not have on demand: each ends in success or in a clear error, never in a wrong answer.</summary>
public sealed class S3FaultTests(TestBed bed) : IAsyncLifetime
{
    private static readonly KeyPrefix Folder = new("postgres-v17/");

    private S3Server _s3 = null!;
    private S3FaultProxy _proxy = null!;
    private string _bucket = "";

    /// <summary>What a passing fault does to a request.</summary>
    public static TheoryData<string> PassingFaults => [.. S3Faults.Passing.Keys];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _s3 = await bed.S3Async(Ct);
        _bucket = await _s3.CreateBucketAsync(Ct);
        _proxy = await S3FaultProxy.StartAsync(_s3.Endpoint, Ct);
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task A_passing_fault_at_every_operation_changes_nothing(string fault)
    {
        _proxy.OnEach(Times.First(2), S3Faults.Passing[fault]);

        using var store = Open();
        await store.PutAsync(Folder.Key("a"), "content"u8.ToArray(), Ct);
        var a = Assert.Single((await store.ListLevelAsync(Folder, Ct)).Objects);
        await store.CopyAsync(a, Folder.Key("b"), Ct);
        var b = (await store.FindAsync(Folder.Key("b"), Ct))!;
        Assert.Equal(7, b.Size);
        Assert.Equal(Evidence.Content, await store.ReadBackAsync(new ObjectPair(a, b), Ct));
        await store.DeleteAsync([a.Key], Ct);

        Assert.Equal(["postgres-v17/b"], (await _s3.ListAsync(new S3Folder(_bucket, ""), Ct)).Select(item => item.Key));
    }

    /// <summary>Ceph's gateway, on a connection where it has left a request half read.</summary>
    [Fact]
    public async Task A_400_without_a_word_is_asked_again_and_one_that_stays_is_told()
    {
        var bare = new S3Answer(400, new Dictionary<string, string>(), []);
        _proxy.OnEach(Times.First(2), exchange => exchange.AnswerAsync(bare));
        using var store = Open();
        await store.PutAsync(Folder.Key("a"), "content"u8.ToArray(), Ct);
        Assert.Single((await store.ListLevelAsync(Folder, Ct)).Objects);

        _proxy.OnEach(Times.Always, exchange => exchange.AnswerAsync(bare));
        var problem = (await Assert.ThrowsAsync<RestoreException>(() => store.ListLevelAsync(Folder, Ct))).Problem;

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Contains("answered 400", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_throttles_every_third_request_gets_everything_done()
    {
        _proxy.OnEach(Times.Every(3), S3Faults.Answer(503, "SlowDown"));

        using var store = Open();
        await Parallel.ForAsync(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Ct }, async (n, ct) =>
        {
            await store.PutAsync(Folder.Key($"{n:X8}"), BitConverter.GetBytes(n), ct);
            await store.CopyAsync((await store.FindAsync(Folder.Key($"{n:X8}"), ct))!, new ObjectKey($"copy/{n:X8}"), ct);
        });

        Assert.Equal(100, (await _s3.ListAsync(new S3Folder(_bucket, "copy/"), Ct)).Count);
    }

    [Theory]
    [InlineData(503, "SlowDown", ProblemCode.Stopped, "still throttles")]
    [InlineData(429, "TooManyRequests", ProblemCode.Stopped, "still throttles")]
    [InlineData(500, "InternalError", ProblemCode.Unreachable, "500 InternalError")]
    public async Task A_fault_that_never_ends_is_a_clear_error(int status, string code, ProblemCode expected, string words)
    {
        _proxy.On(S3Operation.ListObjects, _ => true, exchange => exchange.AnswerAsync(status, code));
        using var store = Open(factor: 60);

        var problem = await ProblemOfAsync(() => store.ListLevelAsync(Folder, Ct));

        Assert.Equal(expected, problem.Code);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
        Assert.Contains("run the same command again", problem.Hint, StringComparison.Ordinal);
        Assert.InRange(_proxy.Count(S3Operation.ListObjects), 5, 12);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("error in the body")]
    public async Task A_copy_that_is_answered_200_without_having_happened_is_made_again(string answer)
    {
        _proxy.On(S3Operation.CopyObject, number => number <= 2, answer == "empty"
            ? exchange => exchange.AnswerAsync(new S3Answer(200, new Dictionary<string, string>(), []))
            : exchange => exchange.AnswerAsync(200, "InternalError"));
        using var store = Open();
        var a = await PutAsync(store, "a", "content"u8.ToArray());

        await store.CopyAsync(a, Folder.Key("b"), Ct);

        Assert.NotNull(await store.FindAsync(Folder.Key("b"), Ct));
        Assert.Equal(3, _proxy.Count(S3Operation.CopyObject));
    }

    [Fact]
    public async Task A_copy_that_is_always_answered_200_without_having_happened_fails()
    {
        _proxy.On(S3Operation.CopyObject, _ => true, exchange => exchange.AnswerAsync(200, "InternalError"));
        using var store = Open(factor: 60);
        var a = await PutAsync(store, "a", "content"u8.ToArray());

        var problem = await ProblemOfAsync(() => store.CopyAsync(a, Folder.Key("b"), Ct));

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Contains("postgres-v17/a", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("no XML")]
    public async Task A_listing_that_is_answered_200_without_a_listing_is_never_an_empty_folder(string kind)
    {
        using var store = Open(factor: 60);
        await PutAsync(store, "a", [1]);
        _proxy.On(S3Operation.ListObjects, _ => true, exchange => exchange.AnswerAsync(
            new S3Answer(200, new Dictionary<string, string>(), kind == "empty" ? [] : "<html>please log in</html>"u8.ToArray())));

        Assert.Equal(ProblemCode.Unreachable, (await ProblemOfAsync(() => store.ListLevelAsync(Folder, Ct))).Code);

        _proxy.Heal();
        Assert.Single((await store.ListLevelAsync(Folder, Ct)).Objects);
    }

    [Fact]
    public async Task Entries_that_come_shuffled_and_twice_are_listed_once()
    {
        using var store = Open();
        await PutManyAsync(store, 1100);
        _proxy.On(S3Operation.ListObjects, Times.Always, S3Faults.Page(page => page.DisorderAndRepeat()));

        var level = await store.ListLevelAsync(Folder, Ct);

        Assert.Equal(1000, level.Objects.Count);
        Assert.Equal(1000, level.Objects.Select(item => item.Key).Distinct().Count());
        Assert.Equal(100, level.Folders.Count);
    }

    [Theory]
    [InlineData("<NextContinuationToken>[^<]*</NextContinuationToken>", "")]
    [InlineData("<NextContinuationToken>[^<]*</NextContinuationToken>", "<NextContinuationToken></NextContinuationToken>")]
    public async Task A_page_that_promises_more_and_does_not_say_where_is_an_error(string pattern, string replacement)
    {
        using var store = Open(factor: 60);
        await PutManyAsync(store, 1100);
        _proxy.On(S3Operation.ListObjects, _ => true, async exchange =>
        {
            var answer = await exchange.ForwardAsync();
            await exchange.AnswerAsync(answer.WithText(Regex.Replace(answer.Text, pattern, replacement, RegexOptions.None, TimeSpan.FromSeconds(1))));
        });

        var problem = await ProblemOfAsync(() => store.ListLevelAsync(Folder, Ct));

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Contains("postgres-v17/", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_gives_the_same_page_again_and_again_is_not_asked_for_ever()
    {
        using var store = Open(factor: 60);
        await PutManyAsync(store, 1100);
        S3Answer? first = null;
        _proxy.On(S3Operation.ListObjects, Times.Always, async exchange => await exchange.AnswerAsync(first ??= await exchange.ForwardAsync()));

        var problem = await ProblemOfAsync(() => store.ListLevelAsync(Folder, Ct));

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Contains("not a whole listing", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_answers_the_whole_object_where_a_part_was_asked_for_is_not_believed()
    {
        using var store = Open(factor: 60);
        var a = await PutAsync(store, "a", RandomNumberGenerator.GetBytes(3_000_000));
        _proxy.On(S3Operation.GetObject, Times.Always, async exchange =>
        {
            using var whole = await _s3.Client.GetObjectAsync(_bucket, a.Key.Value, Ct);
            using var body = new MemoryStream();
            await whole.ResponseStream.CopyToAsync(body, Ct);
            await exchange.AnswerAsync(new S3Answer(200, new Dictionary<string, string>(), body.ToArray()));
        });

        // Both are the whole object from its first byte: equal, and not what was asked for.
        Assert.Equal(ProblemCode.Unreachable, (await ProblemOfAsync(() => store.ReadBackAsync(new ObjectPair(a, a), Ct))).Code);
        await using var stream = await store.OpenReadAsync(a.Key, range: null, Ct);
        Assert.Equal(a.Size, await LengthAsync(stream));
    }

    [Theory]
    [InlineData(403, "AccessDenied", ProblemCode.AccessDenied, "Access denied")]
    [InlineData(400, "ExpiredToken", ProblemCode.AccessDenied, "Access denied: the session token has expired")]
    [InlineData(403, "RequestTimeTooSkewed", ProblemCode.AccessDenied, "Access denied: this machine's clock")]
    [InlineData(301, "PermanentRedirect", ProblemCode.Usage, "is in another region than us-east-1")]
    [InlineData(403, "InvalidObjectState", ProblemCode.Refused, "archive storage class")]
    [InlineData(404, "NoSuchBucket", ProblemCode.NotFound, "does not exist at")]
    public async Task An_answer_that_says_no_is_final_and_told_in_words(int status, string code, ProblemCode expected, string words)
    {
        _proxy.On(S3Operation.ListObjects, _ => true, exchange => exchange.AnswerAsync(status, code));
        using var store = Open();

        var problem = await ProblemOfAsync(() => store.ListLevelAsync(Folder, Ct));

        Assert.Equal(expected, problem.Code);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
        Assert.NotNull(problem.Hint);
        Assert.Equal(1, _proxy.Count(S3Operation.ListObjects));
    }

    [Fact]
    public async Task A_source_that_was_replaced_since_it_was_listed_is_not_copied()
    {
        // The real gateway ignores the condition; AWS and others keep it.
        _proxy.On(S3Operation.CopyObject, _ => true, async exchange =>
        {
            var now = (await _s3.Client.GetObjectMetadataAsync(_bucket, "postgres-v17/a", Ct)).ETag;
            await (exchange.RequestHeader("x-amz-copy-source-if-match") == now ? Task.CompletedTask : exchange.AnswerAsync(412, "PreconditionFailed"));
        });
        using var store = Open();
        var listed = await PutAsync(store, "a", "listed"u8.ToArray());
        await store.CopyAsync(listed, Folder.Key("before"), Ct);
        await PutAsync(store, "a", "newer!"u8.ToArray());

        var problem = await ProblemOfAsync(() => store.CopyAsync(listed, Folder.Key("after"), Ct));

        Assert.Equal(ProblemCode.Stopped, problem.Code);
        Assert.Contains("changed meanwhile", problem.Message, StringComparison.Ordinal);
        Assert.NotNull(await store.FindAsync(Folder.Key("before"), Ct));
        Assert.Null(await store.FindAsync(Folder.Key("after"), Ct));
    }

    [Fact]
    public async Task A_target_whose_ETag_lies_is_never_proven_by_it()
    {
        using var store = Open();
        var a = await PutAsync(store, "a", "content"u8.ToArray());
        var b = await PutAsync(store, "b", "CONTENT"u8.ToArray());

        Assert.Equal(Evidence.Different, await store.ReadBackAsync(new ObjectPair(a, b with { ETag = a.ETag }), Ct));
        Assert.Equal(Evidence.Size, await store.CompareAsync(a, a with { ETag = "0123456789abcdef0123456789abcdef" }, Ct));
    }

    [Fact]
    public async Task A_download_that_breaks_is_asked_for_again_piece_by_piece()
    {
        using var store = Open();
        var content = RandomNumberGenerator.GetBytes(5_000_000);
        var a = await PutAsync(store, "a", content);
        await store.CopyAsync(a, Folder.Key("b"), Ct);
        var b = (await store.FindAsync(Folder.Key("b"), Ct))!;
        _proxy.On(S3Operation.GetObject, number => number is 1 or 2 or 4, async exchange => await exchange.AnswerHalfAsync(await exchange.ForwardAsync(), Task.CompletedTask));

        Assert.Equal(Evidence.Content, await store.ReadBackAsync(new ObjectPair(a, b), Ct));

        _proxy.Heal();
        _proxy.On(S3Operation.GetObject, _ => true, async exchange => await exchange.AnswerHalfAsync(await exchange.ForwardAsync(), Task.CompletedTask));
        Assert.Equal(ProblemCode.Unreachable, (await ProblemOfAsync(() => store.ReadBackAsync(new ObjectPair(a, b), Ct))).Code);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_asked_for_again()
    {
        _proxy.On(S3Operation.ListObjects, Times.First(2), S3Faults.Silence);
        using var store = Open(factor: 60);
        await PutAsync(store, "a", [1]);

        Assert.Single((await store.ListLevelAsync(Folder, Ct)).Objects);
        Assert.True(_proxy.Count(S3Operation.ListObjects) >= 3);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_unreachable()
    {
        _proxy.On(S3Operation.ListObjects, Times.Always, S3Faults.Silence);
        using var store = Open(factor: 400);

        var problem = await ProblemOfAsync(() => store.ListLevelAsync(Folder, Ct));

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Contains("no answer in time", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_stalls_breaks_instead_of_waiting_for_ever()
    {
        using var silent = new SemaphoreSlim(0);
        using var store = Open(factor: 60);
        var a = await PutAsync(store, "a", new byte[200_000]);
        _proxy.On(S3Operation.GetObject, _ => true, async exchange => await exchange.AnswerHalfAsync(await exchange.ForwardAsync(), silent.WaitAsync(Ct)));

        await using var stream = await store.OpenReadAsync(a.Key, range: null, Ct);
        var e = await Assert.ThrowsAsync<IOException>(() => stream.CopyToAsync(Stream.Null, Ct));

        Assert.Contains("no byte arrived", e.Message, StringComparison.Ordinal);
        silent.Release();
    }

    [Fact]
    public async Task Cancelling_in_the_midst_of_faults_always_throws_as_cancelled()
    {
        _proxy.OnEach(number => number % 4 == 1, S3Faults.Passing["503 SlowDown"]);
        _proxy.OnEach(number => number % 4 == 2, S3Faults.CutBefore);

        using var store = Open();
        var outcomes = new ConcurrentBag<Exception>();
        for (var round = 0; round < 20; round++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            stop.CancelAfter(TimeSpan.FromMilliseconds(5 * round));
            await Task.WhenAll(Enumerable.Range(0, 16).Select(async n =>
            {
                try
                {
                    while (true)
                    {
                        await store.PutAsync(Folder.Key($"{n}"), new byte[100], stop.Token);
                        await store.ListLevelAsync(Folder, stop.Token);
                    }
                }
#pragma warning disable CA1031 // Whatever it is, it is what the test is about.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    outcomes.Add(e);
                }
            }));
        }

        Assert.All(outcomes, outcome => Assert.IsAssignableFrom<OperationCanceledException>(outcome));
    }

    private static async Task<Problem> ProblemOfAsync(Func<Task> action) => (await Assert.ThrowsAsync<RestoreException>(action)).Problem;

    private static async Task<StoredObject> PutAsync(S3ObjectStore store, string name, byte[] content)
    {
        await store.PutAsync(Folder.Key(name), content, Ct);
        return (await store.FindAsync(Folder.Key(name), Ct))!;
    }

    private static async Task<long> LengthAsync(Stream stream)
    {
        using var counted = new MemoryStream();
        await stream.CopyToAsync(counted, Ct);
        return counted.Length;
    }

    /// <summary>A thousand objects and, from then on, folders with one each.</summary>
    private static async Task PutManyAsync(S3ObjectStore store, int count) =>
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Ct }, async (n, ct) =>
            await store.PutAsync(Folder.Key(n < 1000 ? $"{n:X8}" : $"{n:X8}/x"), new byte[1], ct));

    private S3ObjectStore Open(int factor = 10) =>
        new(StoreSettings.Of(_proxy.Endpoint, $"s3://{_bucket}") with { Provider = Provider.Ceph }, new HurriedClock(factor));
}
