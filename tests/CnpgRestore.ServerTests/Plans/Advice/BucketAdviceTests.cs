using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Postgres;
using CnpgRestore.ServerTests.ObjectStore;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Plans.Advice;

/// <summary>What a real bucket answers, and what it refuses; with a real dump beside it.</summary>
public sealed class BucketAdviceTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_real_folder_goes_to_its_last_commit()
    {
        var story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);

        var answer = await AskAsync(await SettingsAsync(story.Folder.Bucket));

        Assert.Equal((Way.Bucket, Way.Dump), (answer.Recommended?.Way, answer.RunnerUp?.Way));
        var recovery = answer.View.Bucket.Recovery!;
        Assert.Equal(story.Backups[^1], recovery.BackupId);
        Assert.InRange(recovery.LastCommit!.Value.UtcDateTime, story.Moments[^2].Time, story.Moments[^1].Time);
        Assert.Equal(recovery.LastCommit, answer.Bucket.Loss!.From);
        Assert.StartsWith("15.", recovery.Version, StringComparison.Ordinal);
        Assert.InRange(answer.View.Bucket.Rate!.Bytes, 1, TransferRate.Most);
        Assert.NotNull(answer.Bucket.Estimate);
        Assert.Equal((true, true, true), (Holds(answer, "s3-accessible"), Holds(answer, "s3-credentials"), Holds(answer, "s3-backup-data")));
    }

    [Fact]
    public async Task Every_moment_of_the_story_is_answered_by_the_backup_before_it()
    {
        var story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        // The first lies before the first backup, and behind the last no commit follows by which a replay would know that it is there.
        foreach (var (then, backup) in story.Moments.Skip(1).SkipLast(1).Zip(story.Backups, (then, backup) => (then, backup)))
        {
            var moment = TargetTime.From(new DateTimeOffset(then.Time));

            var answer = await AskAsync(await SettingsAsync(story.Folder.Bucket), request => request with { Target = moment });

            Assert.Equal((true, TimeSpan.Zero), (Holds(answer, "s3-point-in-time"), answer.Bucket.Loss!.Time));
            Assert.Equal(backup, answer.View.Bucket.Recovery!.BackupId);
            Assert.EndsWith($"--target-time {moment}", answer.Bucket.Commands[^1].Command, StringComparison.Ordinal);
        }

        Assert.Equal(story.Backups.Count, story.Moments.Count - 2);
    }

    [Fact]
    public async Task A_lost_segment_limits_the_bucket_and_speaks_for_the_dump()
    {
        var s3 = await bed.S3Async(Ct);
        var shared = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        var copy = new S3Folder(await s3.CreateBucketAsync(Ct), "postgres-v17/");
        await s3.CopyAsync(shared.Folder, copy, Ct);
        await s3.LoseWalAsync(copy, shared.Moments[^2].Segment, Ct);

        var answer = await AskAsync(await SettingsAsync(copy.Bucket));

        Assert.True(Holds(answer, "dump-s3-corrupted-or-missing"));
        Assert.Equal(shared.Backups[^1], answer.View.Bucket.Recovery!.BackupId);
        Assert.IsType<RecoveryTarget.Lsn>(answer.View.Bucket.Recovery.Target);
        Assert.Contains(shared.Moments[^2].Segment, answer.View.Bucket.Unreachable?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AKNOBODY", "SKTEST", null)]
    [InlineData("AKTEST", "wrong", null)]
    [InlineData("AKSTRANGER", "SKSTRANGER", "s3:ListBucket")]
    public async Task Credentials_that_are_refused_are_told_with_the_action(string key, string secret, string? action)
    {
        var story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        var settings = (await SettingsAsync(story.Folder.Bucket)) with { Credentials = new S3Credentials(key, new Secret(secret), sessionToken: null) };

        var answer = await AskAsync(settings);

        Assert.Equal((Way.Dump, null, false), (answer.Recommended?.Way, answer.RunnerUp, answer.Bucket.IsPossible));
        Assert.Equal((true, false), (Holds(answer, "dump-s3-credentials-lost"), Holds(answer, "s3-credentials")));
        Assert.Equal(ProblemCode.AccessDenied, answer.Bucket.Problem?.Code);
        Assert.Equal(action ?? "s3:ListBucket", answer.View.Bucket.RefusedAction);
    }

    [Fact]
    public async Task Who_may_list_and_not_read_is_told_what_is_refused()
    {
        var s3 = await bed.S3Async(Ct);
        var shared = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        var copy = new S3Folder(await s3.CreateBucketAsync(Ct), "postgres-v17/");
        await s3.CopyAsync(shared.Folder, copy, Ct);
        await s3.Client.PutBucketPolicyAsync(
            copy.Bucket,
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::{{copy.Bucket}}"]}]}""",
            Ct);
        var settings = (await SettingsAsync(copy.Bucket)) with { Credentials = new S3Credentials(S3Server.StrangerAccessKey, new Secret(S3Server.StrangerSecretKey), sessionToken: null) };

        var answer = await AskAsync(settings);

        Assert.Equal(("s3:GetObject", Way.Dump), (answer.View.Bucket.RefusedAction, answer.Recommended?.Way));
        Assert.Contains("s3:GetObject", answer.Rules.Single(judged => judged.Rule.Id == "s3-accessible").Verdict.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_missing_and_one_that_does_not_answer_is_unavailable()
    {
        var missing = await AskAsync(await SettingsAsync("no-such-bucket"));
        var down = await AskAsync((await SettingsAsync("any")) with { Endpoint = new Uri("http://127.0.0.1:1") });

        Assert.Equal((true, false), (Holds(missing, "dump-s3-corrupted-or-missing"), Holds(missing, "dump-s3-unavailable")));
        Assert.Equal((null, true), (Holds(down, "dump-s3-corrupted-or-missing"), Holds(down, "dump-s3-unavailable")));
        Assert.Equal((Way.Dump, Way.Dump), (missing.Recommended?.Way, down.Recommended?.Way));
    }

    [Fact]
    public async Task An_empty_bucket_and_no_dump_leave_no_way()
    {
        var answer = await AskAsync(await SettingsAsync(await (await bed.S3Async(Ct)).CreateBucketAsync(Ct)), request => request with { Dumps = null });

        Assert.Null(answer.Recommended);
        Assert.Contains("holds no server folder", answer.Bucket.Why + answer.Bucket.Problem?.Detail, StringComparison.Ordinal);
    }

    private static bool? Holds(AdviceAnswer answer, string id) => answer.Rules.Single(judged => judged.Rule.Id == id).Verdict.Holds;

    private async Task<S3Settings> SettingsAsync(string bucket) => StoreSettings.Of((await bed.S3Async(Ct)).Endpoint, $"s3://{bucket}");

    /// <summary>Beside the bucket lies a dump of a day before.</summary>
    private async Task<AdviceAnswer> AskAsync(S3Settings settings, Func<AdviceRequest, AdviceRequest>? change = null)
    {
        using var dumps = new DumpShare();
        await dumps.AddAsync(await bed.PostgresAsync(Ct), "app", TimeSpan.FromDays(1), Ct);
        var request = new AdviceRequest { NamesBucket = true, Dumps = dumps.Path, Limit = TimeSpan.FromMinutes(2) };
        return await new Advisor(change?.Invoke(request) ?? request, new AdviceSources(Kubernetes: null, _ => new S3ObjectStore(settings, TimeProvider.System), TimeProvider.System)).RunAsync(Ct);
    }
}
