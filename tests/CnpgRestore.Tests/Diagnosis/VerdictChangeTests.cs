using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>What doctor --watch tells: what came and went, and never that something is gone that was only not seen.</summary>
public sealed class VerdictChangeTests
{
    private static readonly BucketExamination Bucket = new("s3://b", null, null, [], []);

    [Fact]
    public void What_came_and_what_went_is_told()
    {
        var change = VerdictChange.Between(Look(["not-archiving"]), Look(["wal-missing"]));

        Assert.Equal(("not-archiving", "wal-missing", true), (Ids(change.Gone), Ids(change.Come), change.IsAny));
        Assert.False(VerdictChange.Between(Look(["wal-missing"]), Look(["wal-missing"])).IsAny);
    }

    [Fact]
    public void Other_numbers_of_the_same_ailment_are_one_line()
    {
        var change = VerdictChange.Between(Look(["old-folder-unpruned"], what: "holds 1 MiB"), Look(["old-folder-unpruned"], what: "holds 2 MiB"));

        Assert.Equal("holds 2 MiB", Assert.Single(change.Changed).What);
        Assert.Empty(change.Gone.Concat(change.Come));
    }

    [Fact]
    public void Nothing_is_gone_that_was_only_not_seen()
    {
        var first = Look(["wal-missing", "old-folder-unpruned"]);

        var blind = VerdictChange.Between(first, Look([], notes: ["the Cluster could not be read"]));
        var still = VerdictChange.Between(blind.After, Look([], notes: ["the Cluster could not be read"]));
        var again = VerdictChange.Between(still.After, Look(["old-folder-unpruned"]));

        Assert.Equal((true, true), (blind.IsAny, blind.IsPartial));
        Assert.Equal(("the Cluster could not be read", ""), (Assert.Single(blind.Unread), Ids(blind.Gone)));
        Assert.Equal((3, "wal-missing old-folder-unpruned"), (blind.After.ExitCode, Ids(blind.After.Findings)));
        Assert.False(still.IsAny);
        Assert.Equal((true, "wal-missing", false), (again.ReadAgain, Ids(again.Gone), again.IsPartial));
    }

    [Fact]
    public void A_bucket_that_answers_no_more_takes_no_finding_with_it()
    {
        var change = VerdictChange.Between(Look(["wal-missing"]), Look(["endpoint-unreachable"], bucket: Bucket with { Problem = new Problem(ProblemCode.Unreachable, "cannot be reached") }));

        Assert.Equal(("endpoint-unreachable", ""), (Ids(change.Come), Ids(change.Gone)));
        Assert.Equal("endpoint-unreachable wal-missing", Ids(change.After.Findings));
    }

    private static Verdict Look(string[] ids, string what = "so", string[]? notes = null, BucketExamination? bucket = null) => new(
        new Examination { Cluster = "orders", Namespace = "db", Time = DateTimeOffset.UnixEpoch, HasKubernetes = true, Bucket = bucket ?? Bucket, Notes = notes ?? [] },
        [.. ids.Select(id => new Finding(Ailments.Of(id), what, [], null))]);

    private static string Ids(IEnumerable<Finding> findings) => string.Join(" ", findings.Select(finding => finding.Id));
}
