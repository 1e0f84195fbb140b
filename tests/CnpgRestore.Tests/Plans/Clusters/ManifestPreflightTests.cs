using System.Text.Json.Nodes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Tests.Manifests;

namespace CnpgRestore.Tests.Plans.Clusters;

/// <summary>What a manifest says with which a new Cluster could never be restored.</summary>
public sealed class ManifestPreflightTests
{
    [Theory]
    [InlineData("cnpg.io/fencedInstances", """'["*"]'""")]
    [InlineData("cnpg.io/fencedInstances", """'["orders-1"]'""")]
    [InlineData("cnpg.io/fencedInstances", "orders-1")]
    [InlineData("cnpg.io/hibernation", "\"on\"")]
    [InlineData("cnpg.io/reconciliationLoop", "disabled")]
    public void An_annotation_that_stops_the_Cluster_is_named_with_its_line(string annotation, string value)
    {
        var problem = Assert.Single(Check($"{annotation}: {value}", ""));

        Assert.Equal(
            new Problem(
                ProblemCode.Refused,
                $"the annotation {annotation} stops the Cluster that the manifest makes",
                "cluster.yaml line 7: with it the new Cluster never becomes ready",
                "take the annotation out of the manifest, then run the same command again"),
            problem);
    }

    [Theory]
    [InlineData("cnpg.io/fencedInstances", "'[]'")]
    [InlineData("cnpg.io/fencedInstances", "'[ ]'")]
    [InlineData("cnpg.io/hibernation", "\"off\"")]
    [InlineData("cnpg.io/reconciliationLoop", "enabled")]
    [InlineData("cnpg.io/reconcilePodSpec", "disabled")]
    public void An_annotation_that_stops_nothing_is_left_alone(string annotation, string value) => Assert.Empty(Check($"{annotation}: {value}", ""));

    [Fact]
    public void The_values_of_a_chart_are_no_manifest_of_a_Cluster()
    {
        var release = new GoldenManifest("helm-recovery-same-folder");
        var set = new ManifestSet(new ManifestFile("release.yaml", release.Input));

        var problem = ManifestPreflight.Check(set, set.Clusters()[0].Name).First();

        Assert.Equal(ProblemCode.Refused, problem.Code);
        Assert.Contains("is a HelmRelease: the Cluster is made of its values by the chart, and not from here", problem.Message, StringComparison.Ordinal);
        Assert.StartsWith("release.yaml line", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{enabled: true, source: east}", "east", "spec.replica.enabled is true", "set spec.replica.enabled to false")]
    [InlineData("{enabled: true, primary: orders, source: east}", "east", "spec.replica.enabled is true", "set spec.replica.enabled to false")]
    [InlineData("{primary: west, source: east}", "west", "spec.replica.primary is west, and it is orders itself", "set spec.replica.primary to orders")]
    [InlineData("{primary: orders, self: orders-b, source: east}", "orders", "spec.replica.primary is orders, and it is orders-b itself", "set spec.replica.primary to orders-b")]
    [InlineData("{source: east}", "east", "spec.replica names no primary", "set spec.replica.enabled to false")]
    public void A_replica_of_another_cluster_is_refused(string replica, string source, string reason, string promotion)
    {
        var problem = Assert.Single(Check("", $"replica: {replica}"));

        Assert.Equal(
            new Problem(
                ProblemCode.Refused,
                $"cluster orders is a replica of {source}: nothing can be restored into it",
                $"cluster.yaml line 9: {reason}, so its instances are standbys that only follow",
                $"restore {source} instead; or promote orders first: {promotion}"),
            problem);
    }

    [Theory]
    [InlineData("{enabled: false, source: east}")]
    [InlineData("{enabled: false, primary: east, source: east}")]
    [InlineData("{primary: orders, source: east}")]
    [InlineData("{primary: orders-b, self: orders-b, source: east}")]
    public void The_primary_of_several_clusters_is_none(string replica) => Assert.Empty(Check("", $"replica: {replica}"));

    [Fact]
    public void A_token_of_a_promotion_that_is_over_is_named_with_its_line()
    {
        var problem = Assert.Single(Check("", "replica: {primary: orders, source: east, promotionToken: eyJkYXRhYmFzZSI6}"));

        Assert.Equal(
            new Problem(
                ProblemCode.Refused,
                "spec.replica.promotionToken stops the Cluster that the manifest makes",
                "cluster.yaml line 9: a new Cluster waits for that promotion, and never gets an instance",
                "take the token out of the manifest, then run the same command again"),
            problem);
    }

    [Fact]
    public void The_token_of_a_live_Cluster_is_left_out_and_told()
    {
        var live = JsonNode.Parse("""{"kind":"Cluster","metadata":{"name":"orders"},"spec":{"replica":{"primary":"orders","source":"east","promotionToken":"eyJk"}}}""")!.AsObject();

        Assert.Equal("""{"primary":"orders","source":"east"}""", LiveManifest.ToStart(live)["spec"]!["replica"]!.ToJsonString());
        Assert.Equal(["spec.replica.promotionToken is left out: the new Cluster would wait for a promotion that is over"], LiveManifest.LeftOut(live));
    }

    [Fact]
    public void The_manifest_of_a_live_Cluster_does_not_stop_the_next_one()
    {
        var live = JsonNode.Parse(
            """
            {"apiVersion":"postgresql.cnpg.io/v1","kind":"Cluster",
             "metadata":{"name":"orders","annotations":{"cnpg.io/fencedInstances":"[\"*\"]","cnpg.io/hibernation":"on","cnpg.io/reconciliationLoop":"disabled","team":"shop"}},
             "spec":{"instances":1,"storage":{"size":"1Gi"}}}
            """)!.AsObject();

        var set = new ManifestSet(LiveManifest.Of(live));

        Assert.Empty(ManifestPreflight.Check(set, "orders"));
        Assert.Equal("""{"team":"shop"}""", set.ReadJson("orders")["metadata"]!["annotations"]!.ToJsonString());
        // What undo and people look at stays as it was.
        Assert.Equal(4, LiveManifest.Bare(live)["metadata"]!["annotations"]!.AsObject().Count);
    }

    private static List<Problem> Check(string annotation, string spec)
    {
        var yaml = $"""
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata:
              name: orders
              annotations:
                team: shop
                {annotation}
            spec:
              {spec}
              instances: 1
            """;
        return [.. ManifestPreflight.Check(new ManifestSet(new ManifestFile("cluster.yaml", yaml)), "orders")];
    }
}
