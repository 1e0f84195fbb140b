using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Postgres;
using static CnpgRestore.Tests.Plans.Advice.Views;

namespace CnpgRestore.Tests.Plans.Advice;

/// <summary>Every line of the runbook's "When to Use Each Method" and "Prerequisites": where it holds, where it does not, and where nobody knows.</summary>
public sealed class RunbookRulesTests
{
    private static readonly TargetTime Noon = TargetTime.Parse("2026-11-22T12:00:00Z");
    private static readonly BucketSight NotNamed = new() { NotAsked = "nothing names it" };
    private static readonly BucketSight Down = Failed(BucketStage.Asking, ProblemCode.Unreachable, "cannot be reached: Connection refused");
    private static readonly BucketSight Denied = Failed(BucketStage.Asking, ProblemCode.AccessDenied, "Access denied: the secret does not fit");
    private static readonly BucketSight NoBucket = Failed(BucketStage.Asking, ProblemCode.NotFound, "bucket cloudnative-pg does not exist");
    private static readonly BucketSight NoBackup = Failed(BucketStage.Listed, ProblemCode.NotFound, "Cannot find backup");

    [Fact]
    public void The_runbook_has_fifteen_lines_and_their_ids_never_change() => Assert.Equal(
        [
            "s3-accessible", "s3-point-in-time", "s3-fastest", "s3-intact-recent",
            "dump-s3-unavailable", "dump-s3-corrupted-or-missing", "dump-inspect-first", "dump-migrate", "dump-s3-credentials-lost",
            "s3-credentials", "s3-kubernetes", "s3-backup-data", "dump-access", "dump-files", "dump-kubernetes",
        ],
        RunbookRules.All.Select(rule => rule.Id));

    [Fact]
    public void S3_storage_is_accessible()
    {
        Assert.True(Holds("s3-accessible", Usual));
        Assert.True(Holds("s3-accessible", Usual.With(NoBackup)));
        Assert.False(Holds("s3-accessible", Usual.With(Down)));
        Assert.False(Holds("s3-accessible", Usual.With(Denied)));
        Assert.False(Holds("s3-accessible", Usual.With(Denied with { Stage = BucketStage.Listed })));
        Assert.Null(Holds("s3-accessible", Usual.With(NotNamed)));
    }

    [Fact]
    public void You_need_point_in_time_recovery()
    {
        var asked = Usual with { Request = Usual.Request with { Target = Noon } };

        Assert.True(Holds("s3-point-in-time", asked));
        Assert.False(Holds("s3-point-in-time", Usual));
        Assert.False(Holds("s3-point-in-time", asked.With(asked.Bucket with { Unreachable = new Problem(ProblemCode.NotFound, "it lies before the first backup"), Recovery = null })));
        Assert.Null(Holds("s3-point-in-time", asked.With(Down)));
    }

    [Fact]
    public void You_want_the_fastest_restore_process()
    {
        Assert.False(Holds("s3-fastest", Usual)); // 800 MiB at 8 MiB/s and 100 segments, against 600 MiB of SQL at 10 MiB/s
        Assert.True(Holds("s3-fastest", Usual.With(Usual.Bucket with { Rate = new TransferRate(500 << 20, TimeSpan.FromSeconds(1)), Recovery = Recovery with { Segments = 1 } })));
        Assert.True(Holds("s3-fastest", Usual with { Dumps = new DumpSight { NotAsked = "no folder" } }));
        Assert.False(Holds("s3-fastest", Usual.With(Down)));
        Assert.Null(Holds("s3-fastest", Usual.With(Usual.Bucket with { Rate = null })));
    }

    [Fact]
    public void Binary_backups_are_intact_and_recent()
    {
        var withoutDumps = Usual with { Dumps = new DumpSight { NotAsked = "no folder" } };

        Assert.True(Holds("s3-intact-recent", Usual));
        Assert.False(Holds("s3-intact-recent", Usual with { Dumps = OfDump("2026-11-22T13:55:00Z") }));
        Assert.False(Holds("s3-intact-recent", Usual.With(Doubtful)));
        Assert.False(Holds("s3-intact-recent", Usual.With(Usual.Bucket with { Unreachable = new Problem(ProblemCode.WalGap, "WAL segment X is missing") })));
        Assert.False(Holds("s3-intact-recent", Usual.With(NoBackup)));
        Assert.True(Holds("s3-intact-recent", withoutDumps));
        Assert.False(Holds("s3-intact-recent", withoutDumps with { Now = Now.AddDays(2) }));
        // A quiet database commits nothing for days and still archives.
        Assert.True(Holds("s3-intact-recent", withoutDumps.With(Usual.Bucket with { Recovery = Recovery with { UpTo = Now.AddDays(-3), LastCommit = Now.AddDays(-3) } })));
        Assert.Null(Holds("s3-intact-recent", Usual.With(NotNamed)));
    }

    [Fact]
    public void S3_is_unavailable()
    {
        Assert.True(Holds("dump-s3-unavailable", Usual.With(Down)));
        Assert.False(Holds("dump-s3-unavailable", Usual));
        Assert.False(Holds("dump-s3-unavailable", Usual.With(Denied)));
        // It answers, and only was not read to its end in time.
        Assert.False(Holds("dump-s3-unavailable", Usual.With(Down with { Stage = BucketStage.Listed })));
        Assert.Null(Holds("dump-s3-unavailable", Usual.With(NotNamed)));
    }

    [Fact]
    public void S3_backups_are_corrupted_or_missing()
    {
        Assert.True(Holds("dump-s3-corrupted-or-missing", Usual.With(NoBackup)));
        Assert.True(Holds("dump-s3-corrupted-or-missing", Usual.With(NoBucket)));
        Assert.True(Holds("dump-s3-corrupted-or-missing", Usual.With(Doubtful)));
        Assert.True(Holds("dump-s3-corrupted-or-missing", Usual.With(Usual.Bucket with { Unreachable = new Problem(ProblemCode.WalGap, "WAL segment X is missing") })));
        Assert.False(Holds("dump-s3-corrupted-or-missing", Usual));
        Assert.Null(Holds("dump-s3-corrupted-or-missing", Usual.With(Down)));
        Assert.Null(Holds("dump-s3-corrupted-or-missing", Usual.With(NotNamed)));
    }

    [Fact]
    public void You_need_to_inspect_or_modify_data_before_restore()
    {
        Assert.True(Holds("dump-inspect-first", Wishing(Wish.Inspect)));
        Assert.False(Holds("dump-inspect-first", Wishing(Wish.Migrate)));
        Assert.False(Holds("dump-inspect-first", Usual));
    }

    [Fact]
    public void Migrating_to_different_cluster_configuration()
    {
        Assert.True(Holds("dump-migrate", Wishing(Wish.Migrate)));
        Assert.True(Holds("dump-migrate", Usual.With(Usual.Bucket with { Obstacles = [new Problem(ProblemCode.Refused, "PostgreSQL 18 cannot start on a backup of PostgreSQL 17")] })));
        Assert.False(Holds("dump-migrate", Usual));
    }

    [Fact]
    public void S3_credentials_are_compromised_or_lost()
    {
        Assert.True(Holds("dump-s3-credentials-lost", Usual.With(Denied)));
        Assert.True(Holds("dump-s3-credentials-lost", Usual.With(Failed(BucketStage.Opening, ProblemCode.NotFound, "secret s3 does not exist"))));
        Assert.False(Holds("dump-s3-credentials-lost", Usual));
        Assert.Null(Holds("dump-s3-credentials-lost", Usual.With(Down)));
        Assert.Null(Holds("dump-s3-credentials-lost", Usual.With(NotNamed)));
    }

    [Fact]
    public void Needs_S3_credentials()
    {
        Assert.True(Holds("s3-credentials", Usual));
        Assert.False(Holds("s3-credentials", Usual.With(Denied)));
        Assert.False(Holds("s3-credentials", Usual.With(Failed(BucketStage.Opening, ProblemCode.AccessDenied, "no S3 credentials are configured"))));
        Assert.Null(Holds("s3-credentials", Usual.With(Down)));
        Assert.Null(Holds("s3-credentials", Usual.With(NotNamed)));
    }

    [Theory]
    [InlineData("s3-kubernetes")]
    [InlineData("dump-kubernetes")]
    public void Needs_access_to_Kubernetes(string id)
    {
        Assert.True(Holds(id, Usual));
        Assert.False(Holds(id, Usual with { Kubernetes = new KubernetesSight { Problem = new Problem(ProblemCode.Unreachable, "cannot be reached") } }));
        Assert.False(Holds(id, Usual with { Kubernetes = Usual.Kubernetes with { Problem = new Problem(ProblemCode.AccessDenied, "not allowed to get clusters") } }));
        Assert.Null(Holds(id, WithoutKubernetes));
    }

    [Fact]
    public void Needs_a_bucket_with_backup_data()
    {
        Assert.True(Holds("s3-backup-data", Usual));
        Assert.False(Holds("s3-backup-data", Usual.With(NoBackup)));
        Assert.Null(Holds("s3-backup-data", Usual.With(Down)));
        Assert.Null(Holds("s3-backup-data", Usual.With(NotNamed)));
    }

    [Fact]
    public void Needs_access_to_the_dumps()
    {
        Assert.True(Holds("dump-access", Usual));
        Assert.False(Holds("dump-access", Usual with { Dumps = new DumpSight { Path = "/nowhere", Problem = new Problem(ProblemCode.NotFound, "Backup file not found") } }));
        Assert.Null(Holds("dump-access", Usual with { Dumps = new DumpSight { NotAsked = "no folder is named" } }));
    }

    [Fact]
    public void Needs_a_complete_dump()
    {
        Assert.True(Holds("dump-files", Usual));
        Assert.False(Holds("dump-files", Usual with { Dumps = new DumpSight { Path = "/mnt", Count = 1, Skipped = [new SkippedDump("app.sql.gz", Now, "empty", IsLater: false)] } }));
        Assert.Null(Holds("dump-files", Usual with { Dumps = Night with { Inspection = null } }));
        Assert.Null(Holds("dump-files", Usual with { Dumps = Night with { Inspection = Night.Inspection! with { State = DumpState.HeadOnly } } }));
    }

    [Fact]
    public void Every_answer_says_what_it_rests_on() =>
        Assert.All(
            new[] { Usual, Usual.With(Down), Usual.With(Denied), Usual.With(NotNamed), Usual.With(NoBackup), Usual.With(Doubtful), WithoutKubernetes, Wishing(Wish.Inspect) }.SelectMany(view => AdviceAnswer.Of(view).Rules),
            judged => Assert.False(string.IsNullOrWhiteSpace(judged.Verdict.Evidence), judged.Rule.Id));

    private static AdviceView Wishing(Wish wish) => Usual with { Request = Usual.Request with { Wish = wish } };

    private static bool? Holds(string id, AdviceView view) => AdviceAnswer.Of(view).Rules.Single(judged => judged.Rule.Id == id).Verdict.Holds;
}
