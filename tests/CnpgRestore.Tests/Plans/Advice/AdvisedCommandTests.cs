using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Postgres;
using static CnpgRestore.Tests.Plans.Advice.Views;

namespace CnpgRestore.Tests.Plans.Advice;

/// <summary>Command lines in the user's own words; that the program understands them, the tests of the command line show.</summary>
public sealed class AdvisedCommandTests
{
    [Fact]
    public void A_cluster_that_is_there_is_recovered_by_its_name() => Assert.Equal(
        ["cnpg-restore from-backup postgres-v17 -n database --dry-run", "cnpg-restore from-backup postgres-v17 -n database"],
        Lines(AdviceAnswer.Of(Usual).Bucket));

    [Fact]
    public void A_cluster_that_is_gone_is_recovered_from_its_manifest()
    {
        var gone = Usual with { Kubernetes = Usual.Kubernetes with { Cluster = null, IsGone = true } };
        var named = gone with { Request = gone.Request with { Files = ["my cluster.yaml"], Server = "old", StoreWords = ["-b", "s3://b"], NamesBucket = true } };

        Assert.Equal("cnpg-restore from-backup postgres-v17 -n database -f cluster.yaml", Lines(AdviceAnswer.Of(gone).Bucket)[^1]);
        Assert.Equal(
            "cnpg-restore from-backup postgres-v17 -n database -f 'my cluster.yaml' -b s3://b --source postgres-v17", Lines(AdviceAnswer.Of(named).Bucket)[^1]);
    }

    [Fact]
    public void A_moment_or_the_place_before_a_gap_is_asked_for()
    {
        var time = new RecoveryTarget.Time(TargetTime.Parse("2026-11-22T12:00:00Z"));
        var lsn = new RecoveryTarget.Lsn(Lsn.Parse("16/B374D848"));

        Assert.EndsWith("--target-time 2026-11-22T12:00:00Z", Lines(AdviceAnswer.Of(Usual.With(Usual.Bucket with { Recovery = Recovery with { Target = time } })).Bucket)[^1], StringComparison.Ordinal);
        Assert.EndsWith("--target-lsn 16/B374D848", Lines(AdviceAnswer.Of(Usual.With(Usual.Bucket with { Recovery = Recovery with { Target = lsn } })).Bucket)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_Kubernetes_the_backup_is_proven_on_this_machine()
    {
        var bare = WithoutKubernetes with { Request = WithoutKubernetes.Request with { Server = "postgres-v17", NamesBucket = true, StoreWords = ["-b", "s3://b", "-e", "https://e"] } };

        Assert.Equal(
            ["cnpg-restore drill --server postgres-v17 -b s3://b -e https://e", "cnpg-restore from-backup postgres-v17 -f cluster.yaml -b s3://b -e https://e --source postgres-v17"],
            Lines(AdviceAnswer.Of(bare).Bucket));
        Assert.Equal("cnpg-restore from-dump --local /mnt/nfs/postgres --to postgres://postgres@localhost:5432/app", Lines(AdviceAnswer.Of(bare).Dump)[^1]);
    }

    [Fact]
    public void A_cluster_that_is_up_takes_the_dump_as_it_is()
    {
        var up = Usual with { Kubernetes = Usual.Kubernetes with { Cluster = Cluster(ClusterPhase.Healthy, 3) } };

        Assert.Equal(
            ["cnpg-restore from-dump postgres-v17 -n database --local /mnt/nfs/postgres --dry-run", "cnpg-restore from-dump postgres-v17 -n database --local /mnt/nfs/postgres"],
            Lines(AdviceAnswer.Of(up).Dump));
    }

    [Fact]
    public void A_cluster_that_is_down_is_made_anew_for_the_dump() => Assert.Equal(
        [
            "kubectl delete clusters.postgresql.cnpg.io postgres-v17 -n database",
            "cnpg-restore manifest initdb -f cluster.yaml --cluster postgres-v17 --archive-name postgres-v17-20261122t140000z --in-place",
            "kubectl apply -n database -f cluster.yaml",
            "cnpg-restore from-dump postgres-v17 -n database --local /mnt/nfs/postgres --dry-run",
            "cnpg-restore from-dump postgres-v17 -n database --local /mnt/nfs/postgres",
        ],
        Lines(AdviceAnswer.Of(Usual).Dump));

    [Fact]
    public void A_dump_that_is_not_the_latest_is_named() => Assert.EndsWith(
        "--local /mnt/nfs/postgres --dump last/app-20261122-030000.sql.gz", Lines(AdviceAnswer.Of(Usual with { Dumps = Night with { IsLatest = false } }).Dump)[^1], StringComparison.Ordinal);

    [Theory]
    [InlineData("plain-word_1.2:/@%+=,~", "plain-word_1.2:/@%+=,~")]
    [InlineData("two words", "'two words'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("", "''")]
    [InlineData("$HOME", "'$HOME'")]
    public void A_word_reaches_the_program_as_it_is(string word, string quoted) => Assert.Equal(quoted, CommandText.Quote(word));

    private static List<string> Lines(WayAdvice way) => [.. way.Commands.Select(command => command.Command)];
}
