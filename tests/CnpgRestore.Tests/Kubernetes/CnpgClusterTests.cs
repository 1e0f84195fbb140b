using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Postgres;

namespace CnpgRestore.Tests.Kubernetes;

public sealed class CnpgClusterTests
{
    private const string Running =
        """
        {"apiVersion":"postgresql.cnpg.io/v1","kind":"Cluster",
         "metadata":{"name":"orders","namespace":"shop","uid":"u1","creationTimestamp":"2026-11-22T14:00:00Z","annotations":{}},
         "spec":{"instances":2,"imageName":"ghcr.io/cloudnative-pg/postgresql:17.5-system-trixie","storage":{"size":"20Gi"},"walStorage":{"size":"5Gi"},
                 "tablespaces":[{"name":"fast","storage":{"size":"1Gi"}}]},
         "status":{"phase":"Cluster in healthy state","readyInstances":2,"instances":2,"instanceNames":["orders-1","orders-2"],"currentPrimary":"orders-1","targetPrimary":"orders-1",
                   "timelineID":3,"systemID":"7423456789012345678","image":"ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
                   "pgDataImageInfo":{"image":"ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie","majorVersion":17},
                   "cloudNativePGCommitHash":"a95a534","pluginStatus":[{"name":"barman-cloud.cloudnative-pg.io","version":"0.14.0"}],
                   "conditions":[{"type":"Ready","status":"True","reason":"ClusterIsReady","message":"Cluster is Ready","lastTransitionTime":"2026-11-22T14:05:00Z"},
                                 {"type":"ContinuousArchiving","status":"False","reason":"ContinuousArchivingFailing","message":"Expected empty archive"}]}}
        """;

    [Fact]
    public void A_running_Cluster_is_read()
    {
        var cluster = Read(Running);

        Assert.Equal(("orders", "shop", "u1"), (cluster.Name, cluster.Namespace, cluster.Uid));
        Assert.Equal((2, 2, "orders-1"), (cluster.Instances, cluster.ReadyInstances, cluster.CurrentPrimary));
        Assert.Equal("ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie", cluster.Image);
        Assert.Equal(SystemIdentifier.Parse("7423456789012345678"), cluster.SystemIdentifier);
        Assert.Equal("20Gi", cluster.StorageSize);
    }

    [Fact]
    public void A_healthy_Cluster_may_still_not_archive()
    {
        var cluster = Read(Running);

        Assert.True(cluster.IsHealthy);
        Assert.False(cluster.IsArchiving);
        Assert.Equal("Expected empty archive", cluster.Condition(ClusterCondition.ContinuousArchiving)!.Message);
    }

    [Fact]
    public void A_recovering_Cluster_has_no_primary()
    {
        var cluster = Read(
            """
            {"metadata":{"name":"orders","namespace":"shop","uid":"u2"},"spec":{"imageName":"postgresql:17.5"},
             "status":{"phase":"Setting up primary","currentPrimary":"","timelineID":0,"instances":1}}
            """);

        Assert.Equal((null, null, null), (cluster.CurrentPrimary, cluster.SystemIdentifier, cluster.IsArchiving));
        Assert.Equal("postgresql:17.5", cluster.Image);
        Assert.False(cluster.IsHealthy);
    }

    [Fact]
    public void A_Cluster_that_the_operator_has_not_seen_is_empty()
    {
        var cluster = Read("""{"metadata":{"name":"orders"}}""");

        Assert.Equal(("", 1, 0), (cluster.Phase, cluster.Instances, cluster.ReadyInstances));
        Assert.False(cluster.IsHealthy);
    }

    [Theory]
    [InlineData(CnpgNames.HibernationAnnotation, "on", true, false)]
    [InlineData(CnpgNames.HibernationAnnotation, "off", false, false)]
    [InlineData(CnpgNames.FencedInstancesAnnotation, "[\"*\"]", false, true)]
    [InlineData(CnpgNames.FencedInstancesAnnotation, "[]", false, false)]
    public void Annotations_stop_a_Cluster(string annotation, string value, bool hibernated, bool fenced)
    {
        var json = Json(Running);
        json["metadata"]!["annotations"]![annotation] = value;
        var cluster = CnpgCluster.Read(json);

        Assert.Equal((hibernated, fenced), (cluster.IsHibernated, cluster.IsFenced));
    }

    [Theory]
    [InlineData("""{"labels":{"cnpg.io/cluster":"orders"},"annotations":{"cnpg.io/nodeSerial":"1"}}""", true)]
    [InlineData("""{"labels":{"cnpg.io/cluster":"orders"},"annotations":{"cnpg.io/nodeSerial":"1"},"ownerReferences":[{"kind":"Cluster","name":"orders","uid":"u1"}]}""", false)]
    [InlineData("""{"labels":{"cnpg.io/cluster":"orders"}}""", false)]
    [InlineData("""{"annotations":{"cnpg.io/nodeSerial":"1"}}""", false)]
    public void A_claim_without_an_owner_is_adopted_by_the_next_Cluster(string metadata, bool adoptable) =>
        Assert.Equal(adoptable, OrphanClaims.IsAdoptable(new JsonObject { ["metadata"] = JsonNode.Parse(metadata) }));

    [Theory]
    [InlineData("""{"ownerReferences":[{"kind":"Cluster","name":"orders","uid":"u1"}]}""", false)]
    [InlineData("""{"annotations":{"cnpg.io/nodeSerial":"2","cnpg.io/pvcStatus":"detached"}}""", true)]
    [InlineData("""{"ownerReferences":[]}""", true)]
    public void A_claim_without_an_owner_stays_when_its_Cluster_goes(string metadata, bool stays) =>
        Assert.Equal(stays, OrphanClaims.OutlivesCluster(new JsonObject { ["metadata"] = JsonNode.Parse(metadata) }));

    private static CnpgCluster Read(string json) => CnpgCluster.Read(Json(json));

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
