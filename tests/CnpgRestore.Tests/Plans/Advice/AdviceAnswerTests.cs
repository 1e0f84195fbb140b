using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Postgres;
using static CnpgRestore.Tests.Plans.Advice.Views;

namespace CnpgRestore.Tests.Plans.Advice;

/// <summary>Which way is recommended, what it loses, how long it takes, and the commands.</summary>
public sealed class AdviceAnswerTests
{
    private static readonly BucketSight Down = Failed(BucketStage.Asking, ProblemCode.Unreachable, "cannot be reached: Connection refused");

    [Fact]
    public void The_bucket_is_recommended_where_it_brings_back_more()
    {
        var answer = AdviceAnswer.Of(Usual);

        Assert.Equal((Way.Bucket, Way.Dump), (answer.Recommended!.Way, answer.RunnerUp!.Way));
        Assert.Equal(TimeSpan.FromMinutes(10), answer.Bucket.Loss!.Time);
        Assert.Equal(TimeSpan.FromHours(11), answer.Dump.Loss!.Time);
        Assert.Equal("the bucket brings back 10 h 50 min more than the dump", answer.Reason);
    }

    [Fact]
    public void A_dump_that_is_newer_than_the_end_of_the_archive_is_recommended()
    {
        var answer = AdviceAnswer.Of(Usual with { Dumps = OfDump("2026-11-22T13:55:00Z") });

        Assert.Equal((Way.Dump, "the dump is 3 minutes younger than the end of the archive"), (answer.Recommended!.Way, answer.Reason));
    }

    [Fact]
    public void A_dump_of_a_quiet_database_has_nothing_that_the_bucket_has_not()
    {
        var quiet = Usual.Bucket with { Recovery = Recovery with { LastCommit = At("2026-11-21T18:00:00Z"), UpTo = At("2026-11-21T18:00:00Z") } };

        var answer = AdviceAnswer.Of(Usual.With(quiet));

        Assert.Equal(Way.Bucket, answer.Recommended!.Way);
        Assert.StartsWith("the bucket brings back all that the dump does: it was written to until ", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_used_is_not_recommended()
    {
        var withoutBucket = AdviceAnswer.Of(Usual.With(Down));
        var withoutDumps = AdviceAnswer.Of(Usual with { Dumps = new DumpSight { NotAsked = "no folder is named: add --dumps PATH" } });
        var neither = AdviceAnswer.Of(Usual.With(Down) with { Dumps = new DumpSight { NotAsked = "no folder is named: add --dumps PATH" } });

        Assert.Equal((Way.Dump, null), (withoutBucket.Recommended!.Way, withoutBucket.RunnerUp));
        Assert.Equal((Way.Bucket, null), (withoutDumps.Recommended!.Way, withoutDumps.RunnerUp));
        Assert.Equal((null, null, false), (neither.Recommended, neither.RunnerUp, neither.IsKnown));
        Assert.Equal("no way is known to be open: not all could be looked at", neither.Reason);
        Assert.Contains("Connection refused", withoutBucket.Reason, StringComparison.Ordinal);
        Assert.Contains("add --dumps PATH", withoutDumps.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_folders_of_which_none_is_named_say_nothing_about_the_backups()
    {
        var answer = AdviceAnswer.Of(Usual.With(Failed(BucketStage.Listed, ProblemCode.Usage, "s3://b holds 2 server folders, and none is named")));

        Assert.Null(answer.Bucket.IsPossible);
        Assert.Contains("add --server NAME", answer.Bucket.Why, StringComparison.Ordinal);
        Assert.Null(answer.Rules.Single(judged => judged.Rule.Sentence == "S3 backups are corrupted or missing").Verdict.Holds);
    }

    [Theory]
    [InlineData(Wish.Inspect, "You need to inspect/modify data before restore: --want inspect")]
    [InlineData(Wish.Migrate, "Migrating to different cluster configuration: --want migrate")]
    public void A_wish_decides_for_the_dump(Wish wish, string reason)
    {
        var answer = AdviceAnswer.Of(Usual with { Request = Usual.Request with { Wish = wish } });

        Assert.Equal((Way.Dump, reason), (answer.Recommended!.Way, answer.Reason));
    }

    [Fact]
    public void A_folder_of_two_databases_is_trusted_only_where_nothing_else_is_there()
    {
        Assert.Equal(Way.Dump, AdviceAnswer.Of(Usual.With(Doubtful)).Recommended!.Way);
        Assert.Equal(Way.Bucket, AdviceAnswer.Of(Usual.With(Doubtful) with { Dumps = new DumpSight { NotAsked = "no folder" } }).Recommended!.Way);
    }

    [Fact]
    public void With_a_target_the_loss_counts_from_there()
    {
        var target = TargetTime.Parse("2026-11-22T12:00:00Z");
        var answer = AdviceAnswer.Of(Usual with { Request = Usual.Request with { Target = target } });

        Assert.Equal((TimeSpan.Zero, TimeSpan.FromHours(9)), (answer.Bucket.Loss!.Time, answer.Dump.Loss!.Time));
    }

    [Fact]
    public void A_healthy_cluster_needs_no_restore_unless_somebody_names_a_moment()
    {
        var healthy = Usual with { Kubernetes = Usual.Kubernetes with { Cluster = Cluster(ClusterPhase.Healthy, 3) } };

        Assert.True(healthy.NeedsNoRestore);
        Assert.False((healthy with { Request = healthy.Request with { Target = TargetTime.Parse("2026-11-22T12:00:00Z") } }).NeedsNoRestore);
        Assert.False(Usual.NeedsNoRestore);
        Assert.Equal("cnpg-restore advise postgres-v17 -n database --dumps /mnt/nfs/postgres --target-time 2026-11-22T13:00:00Z", healthy.AskedWithMoment);
    }

    [Fact]
    public void A_healthy_cluster_that_began_new_and_empty_is_not_what_was_lost()
    {
        var other = Usual with { Kubernetes = Usual.Kubernetes with { Cluster = Cluster(ClusterPhase.Healthy, 3, system: "42") } };

        Assert.False(other.NeedsNoRestore);
        Assert.Contains(AdviceAnswer.Of(other).Bucket.Warnings, warning => warning.StartsWith("the live Cluster is another database (42)", StringComparison.Ordinal));
    }

    [Fact]
    public void Times_are_derived_from_what_was_measured()
    {
        var answer = AdviceAnswer.Of(Usual);

        // 100 s of download, 100 segments at 0.8 s and 0.5 s, a minute for the pods; 600 MiB at 10 MiB/s and five seconds.
        Assert.Equal(TimeSpan.FromSeconds(100 + 130 + 60), answer.Bucket.Estimate!.Time);
        Assert.Equal(TimeSpan.FromSeconds(65), answer.Dump.Estimate!.Time);
        Assert.Equal("800.0 MiB, measured 8.0 MiB/s from the bucket just now; a guess: 100 WAL segments at 1.3 s, and a minute for the pods", answer.Bucket.Estimate.Derivation);
        Assert.Equal("a guess: 600.0 MiB of SQL at 10.0 MiB/s, which servers take with indexes; measured just now: it is read at 60.0 MiB/s of SQL", answer.Dump.Estimate.Derivation);
        Assert.Equal(TimeSpan.FromSeconds(100 + 13 + 60), AdviceAnswer.Of(Usual.With(Usual.Bucket with { WalParallel = 10 })).Bucket.Estimate!.Time);
        // A share that is slower than the server is what counts.
        var slow = AdviceAnswer.Of(Usual with { Dumps = Night with { Rate = new TransferRate(1 << 20, TimeSpan.FromSeconds(1), 1 << 20) } }).Dump.Estimate!;
        Assert.Equal((TimeSpan.FromSeconds(605), "600.0 MiB of SQL; measured just now: it is read at 1.0 MiB/s of SQL"), (slow.Time, slow.Derivation));
    }

    [Fact]
    public void A_load_that_this_machine_did_before_tells_more_than_a_guess()
    {
        var before = new PastLoad(At("2026-11-02T03:00:00Z"), "/mnt/nfs/postgres/last/app-20261102-020000.sql.gz", new ByteSize(80 << 20), TimeSpan.FromSeconds(40));

        var estimate = Of(before);

        // 100 MiB at 2 MiB/s, and five seconds.
        Assert.Equal((TimeSpan.FromSeconds(55), "100.0 MiB as the load of 2026-11-02 went, at 2.0 MiB/s of the dump; measured just now: it is read at 60.0 MiB/s of SQL"), (estimate.Time, estimate.Derivation));
        // The share is slower today.
        Assert.Equal(TimeSpan.FromSeconds(605), Of(before, new TransferRate(1 << 20, TimeSpan.FromSeconds(1), 1 << 20)).Time);
        // Packed otherwise, tiny, or done before it began: they tell nothing.
        Assert.All([before with { Dump = "app.sql.zst" }, before with { Stored = new ByteSize(1000) }, before with { Took = TimeSpan.FromMilliseconds(10) }], load =>
            Assert.StartsWith("a guess: ", Of(load).Derivation, StringComparison.Ordinal));

        static Estimate Of(PastLoad load, TransferRate? rate = null) => AdviceAnswer.Of(Usual with { Dumps = Night with { PastLoads = [load], Rate = rate ?? Night.Rate } }).Dump.Estimate!;
    }

    [Fact]
    public void A_volume_that_is_too_small_is_told() => Assert.Contains(
        AdviceAnswer.Of(Usual with { Kubernetes = Usual.Kubernetes with { VolumeSize = new ByteSize(1 << 20) } }).Bucket.Warnings,
        warning => warning.Contains("a volume of 1.0 MiB is too small", StringComparison.Ordinal));
}
