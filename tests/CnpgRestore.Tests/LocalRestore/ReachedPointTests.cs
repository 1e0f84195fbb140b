using CnpgRestore.Barman.Recovery;
using CnpgRestore.LocalRestore;
using CnpgRestore.Postgres;
using CnpgRestore.Tests.Barman;

namespace CnpgRestore.Tests.LocalRestore;

/// <summary>The golden folder ends with the segment from 0/10000000 to 0/11000000 on timeline 2.</summary>
public sealed class ReachedPointTests
{
    [Theory]
    [InlineData("0/0FFFFF00", 2, false)]
    [InlineData("0/10000000", 2, false)]
    [InlineData("0/10000001", 2, true)]
    [InlineData("0/11000000", 2, true)]
    [InlineData("0/12345678", 2, true)]
    // The history of the newest timeline was not to be had: the older one was followed to its own end.
    [InlineData("0/12345678", 1, false)]
    public async Task Without_a_target_only_an_early_end_is_wrong(string lsn, uint timeline, bool passes)
    {
        using var golden = new GoldenFolder();
        var (catalog, archive) = await golden.ReadAsync();
        var path = RecoveryRoute.Find(catalog.Usable.First(), archive).Path!;
        var reached = new ReachedPoint(new SystemIdentifier(1), Lsn.Parse(lsn), new TimelineId(timeline), new TimelineId(3), "no recovery target specified", LastTransaction: null);

        Assert.Equal(passes, reached.Against(new RecoveryTarget.Latest(), path).Passed);
    }

    /// <summary>A Cluster that was made without the target goes past it, and no number tells.</summary>
    [Theory]
    [InlineData("time 2026-03-01T10:00:00Z")]
    [InlineData("lsn 0/10000000")]
    [InlineData("name before_upgrade")]
    public async Task With_a_target_PostgreSQL_must_have_stopped_at_one(string target)
    {
        using var golden = new GoldenFolder();
        var (catalog, archive) = await golden.ReadAsync();
        var path = RecoveryRoute.Find(catalog.Usable.First(), archive).Path!;
        var reached = new ReachedPoint(new SystemIdentifier(1), Lsn.Parse("0/10000001"), new TimelineId(2), new TimelineId(3), "before 2026-03-01 10:00:01+00", LastTransaction: null);

        Assert.True(reached.Against(RecoveryTarget.Parse(target), path).Passed);
        Assert.False((reached with { Reason = "no recovery target specified" }).Against(RecoveryTarget.Parse(target), path).Passed);
    }
}
