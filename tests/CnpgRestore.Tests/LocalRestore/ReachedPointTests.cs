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
}
