using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Amazon.S3.Model;
using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.ObjectStore;

/// <summary>Faults that a real server does not have on demand: each ends in success or in a clear error, never in a wrong answer.</summary>
public sealed class S3FaultTests(TestBed bed) : IAsyncLifetime
{
    private static readonly KeyPrefix Folder = new("postgres-v17/");
    private static readonly Provider LosesETag = Provider.MinIO;

    private S3Server _s3 = null!;
    private S3FaultProxy _proxy = null!;
    private string _bucket = "";

    /// <summary>What a passing fault does to a request.</summary>
    public static TheoryData<string> PassingFaults => [.. Faults.Keys];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal static Dictionary<string, Func<S3Exchange, Task>> Faults { get; } = new()
    {
        ["503 SlowDown"] = exchange => exchange.AnswerAsync(503, "SlowDown"),
        ["500 InternalError"] = exchange => exchange.AnswerAsync(500, "InternalError"),
        ["429 TooManyRequests"] = exchange => exchange.AnswerAsync(429, "TooManyRequests"),
        ["502 without S3"] = exchange => exchange.AnswerAsync(new S3Answer(502, new Dictionary<string, string>(), "<html>Bad Gateway</html>"u8.ToArray())),
        ["504"] = exchange => exchange.AnswerAsync(504, "GatewayTimeout"),
        ["cut before the effect"] = exchange => Task.Run(exchange.Cut),
        ["cut after the effect"] = async exchange =>
        {
            await exchange.ForwardAsync();
            exchange.Cut();
        },
        ["cut in the answer"] = async exchange =>
        {
            var answer = await exchange.ForwardAsync();
            if (exchange.Call.Operation is S3Operation.HeadObject or S3Operation.PutObject || answer.Body.Length < 10)
            {
                exchange.Cut();
            }
            else
            {
                await exchange.AnswerHalfAsync(answer, Task.CompletedTask);
            }
        },
    };

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
        foreach (var operation in Enum.GetValues<S3Operation>())
        {
            _proxy.On(operation, number => number <= 2, Faults[fault]);
        }

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

    [Fact]
    public async Task A_server_that_throttles_every_third_request_gets_everything_done()
    {
        foreach (var operation in Enum.GetValues<S3Operation>())
        {
            _proxy.On(operation, number => number % 3 == 0, exchange => exchange.AnswerAsync(503, "SlowDown"));
        }

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
        _proxy.On(S3Operation.ListObjects, _ => true, async exchange =>
        {
            var answer = await exchange.ForwardAsync();
            var page = XDocument.Parse(answer.Text);
            var entries = page.Root!.Elements().Where(element => element.Name.LocalName is "Contents" or "CommonPrefixes").ToList();
            entries.ForEach(element => element.Remove());
            page.Root.Add(entries.AsEnumerable().Reverse().Concat(entries.Take(50)).Select(element => new XElement(element)));
            await exchange.AnswerAsync(answer.WithText(page.ToString(SaveOptions.DisableFormatting)));
        });

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
    public async Task A_server_without_UploadPartCopy_copies_whole_and_is_asked_once()
    {
        _proxy.On(S3Operation.CopyPart, _ => true, exchange => exchange.AnswerAsync(501, "NotImplemented"));
        using var store = Open(provider: LosesETag);
        var content = RandomNumberGenerator.GetBytes(6 << 20);
        var source = await UploadInPartsAsync(store, "data.tar", content);

        await store.CopyAsync(source, Folder.Key("copy1"), Ct);
        var asked = _proxy.Count(S3Operation.CopyPart);
        await store.CopyAsync(source, Folder.Key("copy2"), Ct);

        Assert.InRange(asked, 1, 2);
        Assert.Equal(asked, _proxy.Count(S3Operation.CopyPart));
        Assert.Equal(2, _proxy.Count(S3Operation.CopyObject));
        Assert.Equal(Evidence.Content, await store.ReadBackAsync(new ObjectPair(source, (await store.FindAsync(Folder.Key("copy2"), Ct))!), Ct));
        Assert.Empty((await _s3.Client.ListMultipartUploadsAsync(_bucket, Ct)).MultipartUploads ?? []);
    }

    [Fact]
    public async Task An_object_too_large_for_one_copy_goes_in_the_parts_of_its_source_and_keeps_its_ETag()
    {
        _proxy.On(S3Operation.CopyObject, _ => true, exchange => exchange.AnswerAsync(400, "EntityTooLarge"));
        AnswerPartSizes();
        using var store = Open();
        var source = await UploadInPartsAsync(store, "data.tar", RandomNumberGenerator.GetBytes(12_345_678));

        await store.CopyAsync(source, Folder.Key("copy"), Ct);

        var target = (await store.FindAsync(Folder.Key("copy"), Ct))!;
        Assert.Equal(3, _proxy.Count(S3Operation.CopyPart));
        Assert.Equal(source.ETag, target.ETag);
        Assert.Equal(Evidence.ETag, await store.CompareAsync(source, target, Ct));
        Assert.Equal(Evidence.Content, await store.ReadBackAsync(new ObjectPair(source, target), Ct));
    }

    [Fact]
    public async Task A_copy_in_parts_takes_tags_and_metadata_along()
    {
        using var store = Open(provider: LosesETag);
        var source = await UploadInPartsAsync(store, "data.tar", RandomNumberGenerator.GetBytes(6 << 20));
        var tagging = new Tagging { TagSet = [new Tag { Key = "a b", Value = "c+d" }] };
        await _s3.Client.PutObjectTaggingAsync(new PutObjectTaggingRequest { BucketName = _bucket, Key = source.Key.Value, Tagging = tagging }, Ct);

        await store.CopyAsync(source, Folder.Key("copy"), Ct);

        Assert.NotEqual(0, _proxy.Count(S3Operation.CopyPart));
        var tags = await _s3.Client.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = _bucket, Key = "postgres-v17/copy" }, Ct);
        Assert.Equal("a b=c+d", string.Join(',', tags.Tagging.Select(tag => $"{tag.Key}={tag.Value}")));
    }

    [Theory]
    [InlineData(S3Operation.CreateUpload)]
    [InlineData(S3Operation.CopyPart)]
    [InlineData(S3Operation.CompleteUpload)]
    public async Task A_copy_in_parts_survives_a_connection_that_is_cut_after_the_effect(S3Operation where)
    {
        AnswerPartSizes();
        using var store = Open(provider: LosesETag);
        var source = await UploadInPartsAsync(store, "data.tar", RandomNumberGenerator.GetBytes(6 << 20));
        _proxy.On(where, number => number == 1, Faults["cut after the effect"]);

        await store.CopyAsync(source, Folder.Key("copy"), Ct);

        Assert.Equal(Evidence.Content, await store.ReadBackAsync(new ObjectPair(source, (await store.FindAsync(Folder.Key("copy"), Ct))!), Ct));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_that_is_gone_when_it_is_completed_again_counts_only_with_its_target(bool completed)
    {
        using var store = Open(provider: LosesETag);
        var source = await UploadInPartsAsync(store, "data.tar", RandomNumberGenerator.GetBytes(6 << 20));
        _proxy.On(S3Operation.CompleteUpload, number => number == 1, Faults[completed ? "cut after the effect" : "cut before the effect"]);
        _proxy.On(S3Operation.CompleteUpload, _ => true, exchange => exchange.AnswerAsync(404, "NoSuchUpload"));

        if (completed)
        {
            await store.CopyAsync(source, Folder.Key("copy"), Ct);
            Assert.Equal(source.Size, (await store.FindAsync(Folder.Key("copy"), Ct))!.Size);
        }
        else
        {
            await ProblemOfAsync(() => store.CopyAsync(source, Folder.Key("copy"), Ct));
            Assert.Null(await store.FindAsync(Folder.Key("copy"), Ct));
        }
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
        using var silent = new SemaphoreSlim(0);
        _proxy.On(S3Operation.ListObjects, number => number <= 2, _ => silent.WaitAsync(Ct));
        using var store = Open(factor: 60);
        await PutAsync(store, "a", [1]);

        Assert.Single((await store.ListLevelAsync(Folder, Ct)).Objects);
        Assert.True(_proxy.Count(S3Operation.ListObjects) >= 3);
        silent.Release(2);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_unreachable()
    {
        using var silent = new SemaphoreSlim(0);
        _proxy.On(S3Operation.ListObjects, _ => true, _ => silent.WaitAsync(Ct));
        using var store = Open(factor: 400);

        var problem = await ProblemOfAsync(() => store.ListLevelAsync(Folder, Ct));

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Contains("no answer in time", problem.Message, StringComparison.Ordinal);
        silent.Release(100);
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
        foreach (var operation in Enum.GetValues<S3Operation>())
        {
            _proxy.On(operation, number => number % 4 == 1, Faults["503 SlowDown"]);
            _proxy.On(operation, number => number % 4 == 2, Faults["cut before the effect"]);
        }

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

    /// <summary>A thousand objects and, from then on, folders with one each.</summary>
    private static async Task PutManyAsync(S3ObjectStore store, int count) =>
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Ct }, async (n, ct) =>
            await store.PutAsync(Folder.Key(n < 1000 ? $"{n:X8}" : $"{n:X8}/x"), new byte[1], ct));

    private async Task<StoredObject> UploadInPartsAsync(S3ObjectStore store, string name, byte[] content)
    {
        await _s3.UploadInPartsAsync(_bucket, Folder.Key(name).Value, content, Ct);
        return (await store.FindAsync(Folder.Key(name), Ct))!;
    }

    /// <summary>The gateway ignores <c>?partNumber=1</c> and tells the whole size; AWS and others tell the size of the part.</summary>
    private void AnswerPartSizes() => _proxy.On(S3Operation.HeadObject, _ => true, async exchange =>
    {
        if (exchange.AsksForPart)
        {
            var answer = await exchange.ForwardAsync();
            await exchange.AnswerAsync(answer with { Headers = new Dictionary<string, string>(answer.Headers) { ["Content-Length"] = $"{5 << 20}" } });
        }
    });

    private S3ObjectStore Open(int factor = 10, Provider? provider = null) =>
        new(StoreSettings.Of(_proxy.Endpoint, $"s3://{_bucket}") with { Provider = provider ?? Provider.Ceph }, new HurriedClock(factor));
}
