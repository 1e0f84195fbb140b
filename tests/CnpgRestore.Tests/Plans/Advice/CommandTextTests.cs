using CnpgRestore.Plans.Advice;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Plans.Advice;

/// <summary>A printed command recovers to the same point as the one that it follows.</summary>
public sealed class CommandTextTests
{
    [Theory]
    [InlineData("latest", "")]
    [InlineData("immediate", "--target-immediate")]
    [InlineData("time 2026-03-01T10:00:00Z", "--target-time 2026-03-01T10:00:00Z")]
    [InlineData("time 2026-03-01T10:00:00Z exclusive", "--target-time 2026-03-01T10:00:00Z --target-exclusive")]
    [InlineData("lsn 16/B374D848", "--target-lsn 16/B374D848")]
    [InlineData("xid 7342 exclusive", "--target-xid 7342 --target-exclusive")]
    [InlineData("name before_upgrade", "--target-name before_upgrade")]
    public void A_target_is_written_as_its_options(string target, string options) => Assert.Equal(options, string.Join(' ', CommandText.Target(RecoveryTarget.Parse(target))));
}
