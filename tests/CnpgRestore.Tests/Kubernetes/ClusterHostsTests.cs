using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes.Workloads;

namespace CnpgRestore.Tests.Kubernetes;

/// <summary>Which texts name the database of Cluster <c>orders</c> in namespace <c>shop</c>.</summary>
public sealed class ClusterHostsTests
{
    private static readonly ClusterHosts Hosts = new(
        "shop",
        "orders",
        JsonNode.Parse("""{"spec":{"managed":{"services":{"additional":[{"serviceTemplate":{"metadata":{"name":"orders-lan"}}}]}}}}""")!.AsObject(),
        [Named("pool", "shop", "{}")],
        [
            Named("orders-rw", "shop", """{"clusterIP":"10.96.0.7"}"""),
            Named("mine", "shop", """{"selector":{"cnpg.io/cluster":"orders"}}"""),
            Named("postgres", "shop", """{"selector":{"cnpg.io/cluster":"orders"}}"""),
            Named("db", "front", """{"externalName":"orders-rw.shop.svc.cluster.local"}"""),
        ]);

    [Theory]
    [InlineData("postgresql://u:p@orders-rw:5432/orders", "shop", "orders-rw")]
    [InlineData("orders-ro", "shop", "orders-ro")]
    [InlineData("host=orders-r port=5432", "shop", "orders-r")]
    [InlineData("orders-rw.shop", "front", "orders-rw")]
    [InlineData("jdbc:postgresql://orders-rw.shop.svc.cluster.local:5432/orders?user=u", "front", "orders-rw")]
    [InlineData("orders-rw.shop.svc", "shop", "orders-rw")]
    [InlineData("listen on orders-lan, please", "shop", "orders-lan")]
    [InlineData("mine", "shop", "mine")]
    [InlineData("pool.shop:5432", "front", "pool (Pooler)")]
    [InlineData("10.96.0.7", "front", "10.96.0.7, which is orders-rw")]
    [InlineData("PGHOST=db", "front", "db, which is orders-rw.shop.svc.cluster.local")]
    [InlineData("wait for orders-rw.\nthen go on", "shop", "orders-rw")]
    [InlineData("postgres://u:p@postgres/orders", "shop", "postgres")]
    [InlineData("postgres://postgres:5432/orders", "shop", "postgres")]
    [InlineData("https://mine/", "shop", "mine")]
    [InlineData("until (echo > /dev/tcp/mine/5432); do sleep 1; done", "shop", "mine")]
    public void A_name_of_the_database_is_found(string text, string ns, string host) => Assert.Equal(host, Hosts.In(text, ns));

    [Theory]
    [InlineData("orders-rw", "front")]
    [InlineData("other-orders-rw", "shop")]
    [InlineData("orders-rw2", "shop")]
    [InlineData("orders-rw.front", "shop")]
    [InlineData("orders-rw.shopping.svc", "front")]
    [InlineData("db", "shop")]
    [InlineData("110.96.0.7", "front")]
    [InlineData("10.96.0.77", "front")]
    [InlineData("swimming-pool", "shop")]
    [InlineData("postgres://u:p@other-db:5432/orders", "shop")]
    [InlineData("jdbc:postgres://other-db/orders", "shop")]
    [InlineData("/var/lib/postgres/data", "shop")]
    [InlineData("https://shop.example.org/mine", "shop")]
    [InlineData("registry.example.org/postgres:17", "shop")]
    [InlineData("", "shop")]
    public void What_only_looks_like_it_is_not(string text, string ns) => Assert.Null(Hosts.In(text, ns));

    private static JsonObject Named(string name, string ns, string spec) =>
        new() { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns }, ["spec"] = JsonNode.Parse(spec) };
}
