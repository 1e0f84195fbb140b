using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes.Recovery;

namespace CnpgRestore.Tests.Kubernetes;

public sealed class ClusterEventTests
{
    [Theory]
    [InlineData("CreatingInstance", "Primary instance (initdb)", BootstrapOrigin.Initdb)]
    [InlineData("CreatingInstance", "Primary instance (from backup)", BootstrapOrigin.Backup)]
    [InlineData("CreatingInstance", "Primary instance (from physical backup)", BootstrapOrigin.PhysicalBackup)]
    [InlineData("CreatingInstance", "Primary instance (from volumeSnapshots)", BootstrapOrigin.VolumeSnapshots)]
    [InlineData("CreatingInstance", "Creating instance orders-2", null)]
    [InlineData("SomethingElse", "Primary instance (initdb)", null)]
    public void The_operators_word_on_the_first_instance_is_read(string reason, string message, BootstrapOrigin? origin) =>
        Assert.Equal(origin, Read(reason, message).Origin);

    [Fact]
    public void An_event_names_its_object_and_its_time()
    {
        var told = Read("BackoffLimitExceeded", "Job has reached the specified backoff limit");

        Assert.Equal(("Job orders-1-full-recovery", "u1", true, 3), (told.About, told.AboutUid, told.IsWarning, told.Count));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 14, 0, 5, TimeSpan.Zero), told.LastSeen);
    }

    private static ClusterEvent Read(string reason, string message) => ClusterEvent.Read(new JsonObject
    {
        ["type"] = "Warning",
        ["reason"] = reason,
        ["message"] = message,
        ["count"] = 3,
        ["lastTimestamp"] = "2026-11-22T14:00:05Z",
        ["involvedObject"] = new JsonObject { ["kind"] = "Job", ["name"] = "orders-1-full-recovery", ["uid"] = "u1" },
    });
}
