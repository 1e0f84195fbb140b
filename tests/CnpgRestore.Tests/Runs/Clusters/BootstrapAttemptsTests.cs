using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Runs.Clusters;

namespace CnpgRestore.Tests.Runs.Clusters;

/// <summary>Whether a Cluster that a run has made may be deleted and made again: hours of a restore may be in it.</summary>
public sealed class BootstrapAttemptsTests
{
    [Theory]
    // A pod that is under way wins over what the operator says, but for its last word.
    [InlineData(ClusterPhase.PluginError, "Running", 1, false)]
    [InlineData(ClusterPhase.UnknownPlugin, "Pending", 0, false)]
    [InlineData(ClusterPhase.CannotCreateObjects, "Running", 0, false)]
    [InlineData(ClusterPhase.ImageCatalogError, "Running", 0, false)]
    [InlineData(ClusterPhase.Unrecoverable, "Running", 6, true)]
    // What the operator tries again by itself says nothing about the data, which may be whole.
    [InlineData(ClusterPhase.PluginError, null, 0, false)]
    [InlineData(ClusterPhase.PluginError, "Succeeded", 1, false)]
    [InlineData(ClusterPhase.ImageCatalogError, "Succeeded", 0, false)]
    [InlineData(ClusterPhase.PluginError, "Failed", 1, true)]
    [InlineData(ClusterPhase.ImageCatalogError, null, 0, true)]
    [InlineData(ClusterPhase.InvalidDefinition, null, 0, true)]
    [InlineData(ClusterPhase.SettingUpPrimary, "Failed", 2, true)]
    [InlineData(ClusterPhase.SettingUpPrimary, null, 0, false)]
    public void It_has_failed_where_nothing_is_under_way_and_nothing_will_be(string phase, string? pod, int failed, bool hasFailed)
    {
        var attempts = new BootstrapAttempts(pod is null ? [] : [Json($$$"""{"metadata":{"name":"orders-1-full-recovery-x"},"status":{"phase":"{{{pod}}}"}}""")]);

        Assert.Equal(hasFailed, attempts.HaveFailed(Json($$$"""{"status":{"phase":"{{{phase}}}"}}"""), Json($$$"""{"status":{"failed":{{{failed}}}}}""")));
        Assert.False(attempts.HaveFailed(Json($$$"""{"status":{"phase":"{{{phase}}}","currentPrimary":"orders-1"}}"""), null));
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
