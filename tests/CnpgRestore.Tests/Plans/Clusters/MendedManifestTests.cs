using System.Text.Json.Nodes;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;

namespace CnpgRestore.Tests.Plans.Clusters;

/// <summary>A run goes on, and its files say something else than when it was begun.</summary>
public sealed class MendedManifestTests
{
    private static readonly JsonObject Recorded = Cluster("10Gi");

    [Fact]
    public void Files_that_say_the_same_change_nothing()
    {
        // As it comes from YAML: another kind of number, with the same value.
        var written = Cluster("10Gi");
        written["spec"]!["instances"] = 3L;

        var mended = MendedManifest.Of(Decision, Recorded, written, [], isAsked: true, isFormerThere: true);

        Assert.Same(Recorded, mended.Manifest);
        Assert.Empty(mended.Notes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_mended_in_them_is_what_the_Cluster_is_made_of(bool isAsked)
    {
        var mended = MendedManifest.Of(Decision, Recorded, Cluster("20Gi"), [], isAsked, isFormerThere: false);

        Assert.Equal("20Gi", (string?)mended.Manifest["spec"]!["storage"]!["size"]);
        Assert.Equal("the manifest has been changed since the run was begun (spec.storage.size): a Cluster that is made from here on is made so", Assert.Single(mended.Notes));
    }

    [Fact]
    public void A_Cluster_is_not_deleted_for_a_manifest_that_was_not_looked_at()
    {
        var problem = Assert.Throws<RestoreException>(() => MendedManifest.Of(Decision, Recorded, Cluster("20Gi"), [], isAsked: true, isFormerThere: true)).Problem;
        var resumed = MendedManifest.Of(Decision, Recorded, Cluster("20Gi"), [], isAsked: false, isFormerThere: true);

        Assert.Equal(ProblemCode.Refused, problem.Code);
        Assert.Contains("the files say something else by now: spec.storage.size", problem.Detail, StringComparison.Ordinal);
        Assert.Equal($"to plan anew: cnpg-restore runs undo {Decision.Run} -n shop, then the same command again; to go on as it was planned: {Decision.ResumeCommand}", problem.Hint);
        Assert.Same(Recorded, resumed.Manifest);
        Assert.Contains("(spec.storage.size), which is left out", Assert.Single(resumed.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void What_keeps_the_new_Cluster_from_starting_is_told_before_the_failed_one_goes()
    {
        var problem = new Problem(ProblemCode.Refused, "the annotation cnpg.io/hibernation stops the Cluster that the manifest makes");

        Assert.Same(problem, Assert.Throws<RestoreException>(() => MendedManifest.Of(Decision, Recorded, Cluster("20Gi"), [problem], isAsked: true, isFormerThere: false)).Problem);
    }

    private static JsonObject Cluster(string size) => JsonNode.Parse(
        """{"metadata":{"name":"orders"},"spec":{"instances":3,"storage":{"size":"SIZE"}}}""".Replace("SIZE", size, StringComparison.Ordinal))!.AsObject();

    private static FromBackupDecision Decision { get; } = new()
    {
        Run = "20261122t140000z-from-backup-4f2a", Cluster = "orders", Namespace = "shop", Lineage = Lineage.New, Archive = "orders-2", Apply = ApplyMode.Api, Host = "here",
        Source = "orders", Target = "latest", BackupId = "20261122T020000", SystemId = "7300000000000000001",
    };
}
